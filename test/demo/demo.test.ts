import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { runHoldfast } from '../support/server.js';
import { temporaryDir } from '../support/temporary-dir.js';
import { type DemoProcess, startDemoProcess } from './demo-process.js';

interface EventJson {
  readonly totalSeats: number;
  readonly availableSeats: number;
  readonly reservedSeats: number;
  readonly bookedSeats: number;
  readonly blockedSeats: number;
}

interface StatsJson {
  readonly reservations: Readonly<Record<string, number>>;
  readonly byCategory: readonly { readonly seats: number }[];
}

const EVENT = '/v1/events/demo-playhouse';
const PLAYHOUSE_SEATS = 1362;
const POLLS_MAX = 200;
/** Three processes one after the other, on a machine that may be busy. */
const TEST_MS_MAX = 60_000;

const running: DemoProcess[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((demo) => demo.end('SIGKILL')));
});

async function start(args: readonly string[], dataDir?: string): Promise<DemoProcess> {
  const env = dataDir === undefined ? {} : { HOLDFAST_DATA_DIR: dataDir };
  const demo = await startDemoProcess(args, env);
  running.push(demo);
  return demo;
}

const BUSY = ['--seed', '1', '--buyers-per-second', '200'];

describe('holdfast demo', () => {
  it(
    'sells the playhouse to its buyers, and ends with code 0 at SIGTERM',
    async () => {
      const dataDir = temporaryDir();
      const demo = await start(BUSY, dataDir);
      expect(dataDirOf(demo)).toBe(dataDir);
      await expectUrls(demo);
      const stats = await soldSome(demo);
      expect(stats.reservations.reserved).toBeGreaterThan(stats.reservations.confirmed ?? 0);
      await expectConservation(demo);
      await written(demo, /^available [\d,]+ · reserved [\d,]+ · booked [\d,]+ · £[\d,.]+ · /m);

      expect(await demo.end('SIGTERM')).toEqual({ code: 0, signal: null });
      expect(demo.stdout()).toMatch(/\nInterrupted after \d+ s\.\n/);
      expect(demo.stdout()).toMatch(/^ {2}buyers +\d+ came, .*\d+ paid/m);
      expect(demo.stderr()).toBe('');

      expect((await runHoldfast(['verify'], { HOLDFAST_DATA_DIR: dataDir })).code).toBe(0);
      const again = await start(['--buyers-per-second', '0.01'], dataDir);
      expect((await eventOf(again)).bookedSeats).toBeGreaterThan(0);
    },
    TEST_MS_MAX,
  );

  it('sells in a directory of its own, and leaves nothing of it', async () => {
    const demo = await start(BUSY);
    const dataDir = dataDirOf(demo);
    expect(existsSync(dataDir)).toBe(true);
    expect(await demo.end('SIGINT')).toEqual({ code: 0, signal: null });
    expect(existsSync(dataDir)).toBe(false);
  });

  it.each([
    ['--buyers-per-second', '0'],
    ['--seed', 'x'],
    ['--minutes', '-1'],
    ['--port', '65536'],
  ])('will not start with %s %s', async (option, text) => {
    const { code, stdout, stderr } = await runHoldfast(['demo', `${option}=${text}`]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toEqual([expect.stringContaining(`${option} must be`)]);
  });
});

function dataDirOf(demo: DemoProcess): string {
  return /data in (\S+)/.exec(demo.stdout())?.[1] ?? '';
}

async function expectUrls(demo: DemoProcess): Promise<void> {
  const urls = [...demo.stdout().matchAll(/^ {2}(\w+) +(http:\S+)$/gm)];
  expect(urls.map(([, name]) => name)).toEqual(['events', 'seats', 'stats', 'docs', 'metrics']);
  for (const [, , url = ''] of urls) {
    const answer = await fetch(url);
    await answer.arrayBuffer();
    expect([url, answer.status]).toEqual([url, 200]);
  }
}

/** Reads until some are booked and some came back. */
async function soldSome(demo: DemoProcess): Promise<StatsJson> {
  for (let poll = 0; poll < POLLS_MAX; poll += 1) {
    const stats = await read<StatsJson>(demo, `${EVENT}/stats`);
    const { confirmed = 0, cancelled = 0, expired = 0 } = stats.reservations;
    if (confirmed > 20 && cancelled + expired > 0) return stats;
    await pause();
  }
  throw new Error(`the house does not sell:\n${demo.stdout()}${demo.stderr()}`);
}

/** I7, by the counts and by the seats; and what was sold is what is booked, as nothing is ever refunded. */
async function expectConservation(demo: DemoProcess): Promise<void> {
  const before = await read<StatsJson>(demo, `${EVENT}/stats`);
  const { availableSeats, reservedSeats, bookedSeats, blockedSeats, totalSeats } =
    await eventOf(demo);
  const after = await read<StatsJson>(demo, `${EVENT}/stats`);
  expect(totalSeats).toBe(PLAYHOUSE_SEATS);
  expect(availableSeats + reservedSeats + bookedSeats + blockedSeats).toBe(PLAYHOUSE_SEATS);
  expect(bookedSeats).toBeGreaterThanOrEqual(soldSeats(before));
  expect(bookedSeats).toBeLessThanOrEqual(soldSeats(after));
  const { data } = await read<{ data: { seatId: string }[] }>(demo, `${EVENT}/seats`);
  expect(new Set(data.map(({ seatId }) => seatId)).size).toBe(PLAYHOUSE_SEATS);
}

function soldSeats({ byCategory }: StatsJson): number {
  return byCategory.reduce((sum, { seats }) => sum + seats, 0);
}

async function written(demo: DemoProcess, pattern: RegExp): Promise<void> {
  for (let poll = 0; poll < POLLS_MAX && !pattern.test(demo.stdout()); poll += 1) await pause();
  expect(demo.stdout()).toMatch(pattern);
}

function eventOf(demo: DemoProcess): Promise<EventJson> {
  return read(demo, EVENT);
}

async function read<T>({ url }: DemoProcess, path: string): Promise<T> {
  const answer = await fetch(url + path);
  expect(answer.status).toBe(200);
  const body: T = JSON.parse(await answer.text());
  return body;
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50));
}
