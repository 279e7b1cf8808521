/**
 * The only reader of the process's environment: one schema → a frozen `Config`. Whatever has a bound has it here (I9), so
 * that every limit of a running server can be read in one place. Plain data: it is handed to every thread as it is.
 *
 * `HOLDFAST_` is ours: a variable with that prefix that is not known here is a mistake, and said to be one.
 */
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import * as z from 'zod';
import type { DeskLimits } from './desk/desk.js';
import type { GatewayConfig } from './gateway/gateway-config.js';
import { openFilesMax } from './lib/open-files.js';
import { ServerFault } from './lib/server-fault.js';
import {
  DESK_LIMITS,
  FEED_LIMITS,
  GATEWAY_LIMITS,
  SHARD_LIMITS,
  socketLimits,
  THREAD_LIMITS,
} from './limits.js';
import type { ShardLimits } from './shard/shard-core.js';

export type Durability = 'sync' | 'async' | 'memory';
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Everything that can be set, and every limit. Times are milliseconds, sizes bytes; names end in their unit. */
export interface Config {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Absolute. */
  readonly dataDir: string;
  readonly durability: Durability;
  readonly shardCount: number;
  readonly gatewayCount: number;
  readonly logLevel: LogLevel;
  readonly sessionMs: number;
  /** The event made at first start: rows A, B, … */
  readonly defaultRows: number;
  readonly defaultSeatsPerRow: number;
  readonly gateway: GatewayConfig;
  readonly desk: DeskLimits;
  readonly shard: ShardLimits;
  readonly threads: typeof THREAD_LIMITS;
  /** What was set and cannot be had, a sentence each: for the log, at the start. */
  readonly warnings: readonly string[];
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

function wholeNumber(from: number, to: number) {
  const message = `must be a whole number from ${from} to ${to}`;
  return z
    .string()
    .regex(/^\d{1,10}$/, message)
    .transform(Number)
    .refine((number) => number >= from && number <= to, message);
}

/** Seconds with a fraction, in whole milliseconds. */
function seconds(from: number, to: number) {
  const message = `must be seconds from ${from} to ${to}, a fraction allowed`;
  return z
    .string()
    .regex(/^\d{1,7}(\.\d{1,9})?$/, message)
    .transform(Number)
    .refine((number) => number >= from && number <= to, message)
    .transform((number) => Math.round(number * 1000));
}

const origins = z.string().transform((text, context) => {
  const list = text.split(',').map((each) => each.trim());
  if (list.every(isOrigin)) return list;
  context.addIssue('must be origins such as https://shop.example, separated by commas');
  return z.NEVER;
});

const isSet = z.string().min(1);
const schema = z.strictObject({
  HOLDFAST_HOST: isSet
    .default('127.0.0.1')
    .meta({ shown: '`127.0.0.1`', about: 'address to listen on' }),
  HOLDFAST_PORT: wholeNumber(0, 65_535)
    .default(8080)
    .meta({ shown: '`8080`', about: '0: any free port, named in the ready line' }),
  HOLDFAST_DATA_DIR: isSet
    .default('./data')
    .meta({ shown: '`./data`', about: 'where reservations are kept' }),
  HOLDFAST_DURABILITY: z.enum(['sync', 'async', 'memory']).default('sync').meta({
    shown: '`sync`',
    about:
      '`sync`: on disk before the answer; `async`: within a second after it; `memory`: no files',
  }),
  HOLDFAST_SHARDS: wholeNumber(1, 64)
    .default(Math.max(1, availableParallelism() - 1))
    .meta({
      shown: 'cores − 1, at least 1',
      about: 'threads that own seats; may differ at every start on the same data',
    }),
  HOLDFAST_GATEWAYS: wholeNumber(1, 64)
    .default(1)
    .meta({ shown: '`1`', about: 'threads that speak HTTP and WebSocket; they share the port' }),
  HOLDFAST_HOLD_SECONDS: seconds(0.001, 7200)
    .default(300_000)
    .meta({ shown: '`300`', about: 'hold time of events that name none; fractions allowed' }),
  HOLDFAST_FEED_MS: wholeNumber(0, 60_000)
    .default(50)
    .meta({ shown: '`50`', about: 'the live feed gathers changes for this long' }),
  HOLDFAST_SESSION_SECONDS: seconds(0.001, 86_400).default(120_000).meta({
    shown: '`120`',
    about: 'for the sessions of a later version: after so long without a request one lapses',
  }),
  HOLDFAST_DEFAULT_ROWS: wholeNumber(1, 26)
    .default(10)
    .meta({ shown: '`10`', about: 'rows (A, B, …) of the event `default`, made at first start' }),
  HOLDFAST_DEFAULT_SEATS_PER_ROW: wholeNumber(1, 1000)
    .default(10)
    .meta({ shown: '`10`', about: 'seats in each of those rows' }),
  HOLDFAST_ADMIN_KEY: isSet.optional().meta({
    shown: 'none',
    about: 'admin requests carry it; required on any address but loopback',
  }),
  HOLDFAST_CORS_ORIGINS: origins
    .default([])
    .meta({ shown: 'none', about: 'origins, separated by commas, that browsers may call from' }),
  HOLDFAST_RATE_LIMIT: z
    .union([z.literal('off').transform(() => undefined), wholeNumber(1, 1_000_000)], {
      error: 'must be off, or requests a second from 1 to 1000000',
    })
    .optional()
    .meta({ shown: '`off`', about: 'requests a second for one client address' }),
  HOLDFAST_MAX_SOCKETS: wholeNumber(1, 1_000_000).optional().meta({
    shown: '`20000`, or fewer',
    about: 'viewers of one gateway; no more than open files allow',
  }),
  HOLDFAST_LOG_LEVEL: z
    .enum(LOG_LEVELS)
    .default('info')
    .meta({ shown: '`info`', about: 'JSON lines on stderr' }),
});

type Settings = z.output<typeof schema>;

/**
 * @param environment the process's own, unless a test brings one; an empty value counts as not set
 * @param filesMax how many files the process may have open
 * @throws ServerFault `config_invalid`, its message one line that names every variable that is wrong
 */
export function readConfig(
  environment: NodeJS.ProcessEnv = process.env,
  filesMax = openFilesMax(),
): Config {
  const ours = Object.entries(environment).filter(
    ([name, value]) => name.startsWith('HOLDFAST_') && value !== '',
  );
  const parsed = schema.safeParse(Object.fromEntries(ours));
  if (!parsed.success)
    throw invalid(parsed.error.issues.map((issue) => complaint(issue, environment)));
  const settings = parsed.data;
  if (!isLoopback(settings.HOLDFAST_HOST) && settings.HOLDFAST_ADMIN_KEY === undefined) {
    throw invalid([
      `HOLDFAST_ADMIN_KEY must be set to listen on ${settings.HOLDFAST_HOST} (HOLDFAST_HOST): it is not loopback`,
    ]);
  }
  return deepFreeze(configOf(settings, filesMax));
}

/** Whether only this machine can reach `host`. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Every variable with its default as people read it, in the order of the README's table. */
export function environmentTable(): readonly { name: string; byDefault: string; about: string }[] {
  return Object.entries(schema.shape).map(([name, field]) => {
    const meta = field.meta() ?? {};
    return { name, byDefault: String(meta.shown), about: String(meta.about) };
  });
}

function configOf(settings: Settings, filesMax: number): Config {
  const { viewersMax, connectionsMax } = socketLimits({
    viewers: settings.HOLDFAST_MAX_SOCKETS,
    gatewayCount: settings.HOLDFAST_GATEWAYS,
    shardCount: settings.HOLDFAST_SHARDS,
    openFilesMax: filesMax,
  });
  return {
    host: settings.HOLDFAST_HOST,
    port: settings.HOLDFAST_PORT,
    dataDir: resolve(settings.HOLDFAST_DATA_DIR),
    durability: settings.HOLDFAST_DURABILITY,
    shardCount: settings.HOLDFAST_SHARDS,
    gatewayCount: settings.HOLDFAST_GATEWAYS,
    logLevel: settings.HOLDFAST_LOG_LEVEL,
    sessionMs: settings.HOLDFAST_SESSION_SECONDS,
    defaultRows: settings.HOLDFAST_DEFAULT_ROWS,
    defaultSeatsPerRow: settings.HOLDFAST_DEFAULT_SEATS_PER_ROW,
    gateway: {
      ...GATEWAY_LIMITS,
      connectionsMax,
      corsOrigins: settings.HOLDFAST_CORS_ORIGINS,
      adminKey: settings.HOLDFAST_ADMIN_KEY,
      rateLimitPerSecond: settings.HOLDFAST_RATE_LIMIT,
      holdMs: settings.HOLDFAST_HOLD_SECONDS,
      exclusivePort: settings.HOLDFAST_GATEWAYS === 1,
      feed: {
        ...FEED_LIMITS,
        gatherMs: settings.HOLDFAST_FEED_MS,
        viewersMax,
      },
    },
    desk: DESK_LIMITS,
    shard: SHARD_LIMITS,
    threads: THREAD_LIMITS,
    warnings: tooFewFiles(settings, viewersMax, filesMax),
  };
}

/** Of the default nothing is said: it is what there is room for. */
function tooFewFiles(
  { HOLDFAST_MAX_SOCKETS: asked = 0 }: Settings,
  viewersMax: number,
  filesMax: number,
): readonly string[] {
  if (asked <= viewersMax) return [];
  const why = `the process may have ${filesMax} files open`;
  return [`HOLDFAST_MAX_SOCKETS=${asked} is lowered to ${viewersMax}: ${why} (ulimit -n)`];
}

function complaint(issue: z.core.$ZodIssue, environment: NodeJS.ProcessEnv): string {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((name) => `${name} is not a variable of Holdfast`).join('; ');
  }
  const name = String(issue.path[0]);
  const message =
    issue.code === 'invalid_value' ? `must be one of ${issue.values.join(', ')}` : issue.message;
  return `${name} ${message} (it is ${JSON.stringify(environment[name])})`;
}

function invalid(complaints: readonly string[]): ServerFault {
  return new ServerFault(complaints.join('; '), {
    code: 'config_invalid',
    hint: 'Mend or unset the variable; the README lists them all.',
  });
}

function isOrigin(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null && !Object.isFrozen(inner)) deepFreeze(inner);
  }
  return Object.freeze(value);
}
