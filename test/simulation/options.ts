/** The command line of the simulation. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { BREAKAGES } from './breakages.js';
import { STEPS } from './plan.js';

export interface Options {
  readonly from: number;
  readonly seeds: number;
  readonly steps: number;
  /** Processes. */
  readonly jobs: number;
  /** One seed, shown whole. */
  readonly replay: boolean;
  /** A control: the world is broken in this way. */
  readonly broken: string | undefined;
  /** Print seeds and their hashes. */
  readonly hashes: boolean;
}

export const USAGE = `npm run simulate -- [--seeds 10000] [--from 1] [--steps ${STEPS}] [--jobs N] [--hashes] [--broken NAME]
SEED=n npm run simulate   plays one seed again and prints its trace`;

/** @throws Error with a line for whoever typed it */
export function readOptions(args: readonly string[], environment: NodeJS.ProcessEnv): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string', default: '1000' },
      from: { type: 'string', default: '1' },
      steps: { type: 'string', default: String(STEPS) },
      jobs: { type: 'string', default: String(availableParallelism()) },
      broken: { type: 'string' },
      hashes: { type: 'boolean', default: false },
    },
  });
  if (values.broken !== undefined && !(values.broken in BREAKAGES))
    throw new Error(`--broken is one of:\n${Object.keys(BREAKAGES).join('\n')}`);
  const { SEED: seed } = environment;
  return {
    from: whole('--from', seed ?? values.from),
    seeds: seed === undefined ? whole('--seeds', values.seeds) : 1,
    steps: whole('--steps', values.steps),
    jobs: whole('--jobs', values.jobs),
    replay: seed !== undefined,
    broken: values.broken,
    hashes: values.hashes,
  };
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new Error(`${name} is a whole number\n${USAGE}`);
  return value;
}
