#!/usr/bin/env node
/** The command line, and the only file that wires: `holdfast serve` and its companions (API §7). */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { inspect } from 'node:util';
import { Command, Option } from 'commander';
import { type Config, readConfig } from './config.js';
import type { DemoOptionTexts } from './demo/demo-options.js';
import { type EventId, eventId, type SeatNumber } from './domain/ids.js';
import { VenuePlan } from './domain/venue-plan.js';
import { type Log, openLog } from './lib/log.js';
import { ServerFault } from './lib/server-fault.js';
import { systemClock } from './lib/system-clock.js';
import type { Rows } from './store/rows.js';
import { type RunningHoldfast, startHoldfast } from './threads/supervisor.js';

/** Usage and settings that make no sense; everything else that fails is 1. */
const EXIT_MISUSE = 2;
/** Facts read at once. */
const EXPORT_PAGE = 1000;

const program = new Command('holdfast')
  .description(
    'A server that holds seats: reserved for a while, then booked, cancelled or expired.',
  )
  .showHelpAfterError()
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_MISUSE));

// What a command needs beyond the server is loaded when it runs: the server is to start quickly.
program
  .command('serve', { isDefault: true })
  .description('serve HTTP and WebSocket (see HOLDFAST_HOST, HOLDFAST_PORT)')
  .action(() => serve(readConfig()));
program
  .command('demo')
  .description('serve a furnished house, with simulated buyers at work')
  .option('--buyers-per-second <n>', 'how many come, on average (default: 5)')
  .option('--seed <n>', 'the same seed, the same buyers (default: a new one)')
  .option('--minutes <n>', 'let buyers in for so long (default: until it is sold out)')
  .option('--port <n>', 'in place of HOLDFAST_PORT; 0: any free one')
  .addOption(
    new Option(
      '--data-dir <dir>',
      'where reservations are kept (default: a new directory that is removed in the end)',
    ).env('HOLDFAST_DATA_DIR'),
  )
  .action((texts: DemoOptionTexts) => demonstrate(readConfig(), texts));
program
  .command('backup')
  .argument('<dir>', 'a new or empty directory')
  .description('copy the data as it stands now, also while the server runs')
  .action((dir: string) => backUp(readConfig(), dir));
program
  .command('restore')
  .argument('<dir>', 'a directory made by backup')
  .description('make a backup the data of HOLDFAST_DATA_DIR, which must have none')
  .action((dir: string) => restoreFrom(readConfig(), dir));
program
  .command('verify')
  .description('read the data and check every invariant; exit code 1 on a breach')
  .action(() => verifyData(readConfig()));
program
  .command('export')
  .argument('<event>', 'the id of an event')
  .requiredOption('--csv', 'every fact of the event a line, on stdout')
  .description("write an event's log")
  .action((event: string) => exportCsv(readConfig(), event));
program
  .command('bench')
  .argument('[words...]', 'as bench/README.md has them')
  .allowUnknownOption()
  .description('measure this machine, in a few minutes (from a checkout only)')
  .action((words: string[]) => measureMachine(words));

await run();

async function run(): Promise<void> {
  try {
    await program.parseAsync();
  } catch (cause) {
    complain(cause);
    process.exit(cause instanceof ServerFault && cause.code === 'config_invalid' ? EXIT_MISUSE : 1);
  }
}

async function serve(config: Config, start = () => startHoldfast(config)): Promise<void> {
  const holdfast = await start();
  const log = openLog('main', config.logLevel);
  for (const warning of config.warnings) log.warn(warning);
  endOnSignals(holdfast, log, config.threads.signalEchoMs);
  say(readyLine(config, holdfast));
  const fault = await holdfast.failed;
  // LMDB leaves half a line of its own on stderr when it cannot write: the last line is to be whole.
  process.stderr.write('\n');
  log.fatal({ err: fault }, fault.message);
  process.exit(1);
}

async function demonstrate(environment: Config, texts: DemoOptionTexts): Promise<void> {
  const { demoSettings } = await import('./demo/demo-settings.js');
  const { startDemo } = await import('./demo/demo.js');
  const { config, options } = demoSettings(environment, texts);
  await serve(config, () => startDemo(config, options, process.stdout));
}

function readyLine(config: Config, { port, figures }: RunningHoldfast): string {
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  const { shards, gateways, events, seats, recovered, ms } = figures;
  const counts = `shards=${shards} gateways=${gateways} events=${events} seats=${seats} recovered=${recovered}`;
  return `holdfast ready on http://${host}:${port} (${counts} in ${ms} ms)`;
}

/**
 * The first signal ends in order, one that comes later ends at once, by itself. What follows the first at once is its echo:
 * npm and `timeout` hand on a signal that the terminal or they themselves have sent to the whole group already.
 */
function endOnSignals(holdfast: RunningHoldfast, log: Log, echoMs: number): void {
  let firstAt: number | undefined;
  const end = (signal: NodeJS.Signals): void => {
    if (firstAt === undefined) {
      firstAt = performance.now();
      log.info({ signal }, 'ending');
      void closeAndExit(holdfast, log);
    } else if (performance.now() - firstAt > echoMs) {
      process.off('SIGTERM', end).off('SIGINT', end);
      process.kill(process.pid, signal);
    }
  };
  process.on('SIGTERM', end).on('SIGINT', end);
}

async function closeAndExit(holdfast: RunningHoldfast, log: Log): Promise<void> {
  try {
    await holdfast.close();
    process.exit(0);
  } catch (cause) {
    log.fatal({ err: cause }, 'not ended in order');
    process.exit(1);
  }
}

async function backUp({ dataDir }: Config, dir: string): Promise<void> {
  const { backup } = await import('./store/backup.js');
  const bytes = await backup(dataDir, resolve(dir));
  say(`${bytes} bytes copied to ${dir}`);
}

async function restoreFrom({ dataDir }: Config, dir: string): Promise<void> {
  const { restore } = await import('./store/backup.js');
  await restore(resolve(dir), dataDir);
  say(`${dir} restored to ${dataDir}`);
}

async function verifyData({ dataDir }: Config): Promise<void> {
  const { verify } = await import('./store/verify.js');
  const { breaches, breachCount, counts, stateHash } = await verify(dataDir);
  for (const breach of breaches) say(breach);
  const read = Object.entries(counts).map(([what, count]) => `${what}=${count}`);
  say(`${breachCount === 0 ? 'sound' : `${breachCount} breaches`} (${read.join(' ')})`);
  if (stateHash !== undefined) say(`state ${stateHash}`);
  if (breachCount > 0) process.exitCode = 1;
}

async function exportCsv({ dataDir }: Config, event: string): Promise<void> {
  const { openSnapshot } = await import('./store/open-store.js');
  const rows = await openSnapshot(dataDir);
  try {
    await pipeline(Readable.from(csvPages(rows, eventId(event))), process.stdout);
  } finally {
    await rows.close();
  }
}

/** The event's log, page by page: it may be longer than memory. */
async function* csvPages(rows: Rows, event: EventId): AsyncIterable<string> {
  const { factsToCsv } = await import('./gateway/fact-csv.js');
  const { Store } = await import('./store/store.js');
  const store = new Store(rows, systemClock);
  const loaded = store.load({ type: 'event', eventId: event });
  if (loaded.type !== 'event' || loaded.event === undefined) throw unknownEvent(event);
  const plan = new VenuePlan(loaded.event.plan);
  const labelOf = (seat: SeatNumber): string => plan.labelOf(seat);
  let after = 0;
  for (let isFirst = true; ; isFirst = false) {
    const page = store.query('eventLog', { eventId: event, after, limit: EXPORT_PAGE });
    yield factsToCsv(page, { labelOf, header: isFirst });
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.sequence;
  }
}

/** The benches are no part of the build: they run servers of their own, this build's among them, as a user would. */
async function measureMachine(words: readonly string[]): Promise<void> {
  const file = new URL('../bench/run-benches.mjs', import.meta.url);
  if (!existsSync(file)) {
    throw new ServerFault('the benches are not here', {
      code: 'config_invalid',
      hint: 'They come with a checkout: npm run bench -- --short',
    });
  }
  const { runBenches } = (await import(file.href)) as Benches; // its docstring says so
  await runBenches(['--short', ...words]);
}

interface Benches {
  runBenches(args: readonly string[]): Promise<void>;
}

function unknownEvent(event: EventId): ServerFault {
  return new ServerFault(`there is no event ${event}`, {
    code: 'config_invalid',
    hint: 'GET /v1/events lists them.',
  });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** One line for the person who typed the command; of a bug, all that is known. */
function complain(cause: unknown): void {
  const text = cause instanceof ServerFault ? `${cause.message}. ${cause.hint}` : inspect(cause);
  process.stderr.write(`holdfast: ${text}\n`);
}
