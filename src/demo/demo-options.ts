/** What `holdfast demo` is asked for on its command line. */
import { randomInt } from 'node:crypto';
import { resolve } from 'node:path';
import { ServerFault } from '../lib/server-fault.js';

/** As typed; absent where it was not. */
export interface DemoOptionTexts {
  readonly buyersPerSecond?: string;
  readonly seed?: string;
  readonly minutes?: string;
  readonly port?: string;
  /** Or of the environment, which is where `serve` has it from; empty: as if it were not there. */
  readonly dataDir?: string;
}

export interface DemoOptions {
  /** On average. */
  readonly buyersPerSecond: number;
  /** The same seed, the same buyers. */
  readonly seed: number;
  /** Buyers come for so long; undefined: until the house is sold out. */
  readonly msMax: number | undefined;
  /** Absent: what the environment says. */
  readonly port?: number;
  /** Absolute; undefined: one of its own. */
  readonly dataDir: string | undefined;
}

/** A house of 1,362 seats is sold out after some minutes. */
const BUYERS_PER_SECOND_DEFAULT = 5;
const BUYERS_PER_SECOND_MAX = 1_000;
const SEED_MAX = 2 ** 32 - 1;
const MINUTES_MAX = 7 * 24 * 60;
const PORT_MAX = 65_535;

/** @throws ServerFault `config_invalid`, its message one line that names the option. */
export function readDemoOptions(texts: DemoOptionTexts): DemoOptions {
  const { buyersPerSecond, seed, minutes, port, dataDir = '' } = texts;
  const perSecond = { option: '--buyers-per-second', from: 0.01, to: BUYERS_PER_SECOND_MAX };
  const portRange = { option: '--port', from: 0, to: PORT_MAX, isWhole: true };
  return {
    buyersPerSecond: numberOf(buyersPerSecond, perSecond) ?? BUYERS_PER_SECOND_DEFAULT,
    seed: numberOf(seed, { option: '--seed', from: 0, to: SEED_MAX, isWhole: true }) ?? newSeed(),
    msMax: milliseconds(numberOf(minutes, { option: '--minutes', from: 0.01, to: MINUTES_MAX })),
    ...(port === undefined ? {} : { port: numberOf(port, portRange) ?? 0 }),
    dataDir: dataDir === '' ? undefined : resolve(dataDir),
  };
}

interface NumberRange {
  readonly option: string;
  readonly from: number;
  readonly to: number;
  readonly isWhole?: boolean;
}

function numberOf(text: string | undefined, range: NumberRange): number | undefined {
  if (text === undefined) return undefined;
  const { option, from, to, isWhole = false } = range;
  const pattern = isWhole ? /^\d{1,10}$/ : /^\d{1,10}(\.\d{1,9})?$/;
  const number = Number(text);
  if (pattern.test(text) && number >= from && number <= to) return number;
  const kind = isWhole ? 'a whole number' : 'a number';
  throw new ServerFault(
    `${option} must be ${kind} from ${from} to ${to} (it is ${JSON.stringify(text)})`,
    { code: 'config_invalid', hint: '`holdfast demo --help` tells what there is.' },
  );
}

function milliseconds(minutes: number | undefined): number | undefined {
  return minutes === undefined ? undefined : minutes * 60_000;
}

/** Shorter than it might be: people type it. */
function newSeed(): number {
  return randomInt(1, 100_000);
}
