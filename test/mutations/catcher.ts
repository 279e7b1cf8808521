/** Who is to catch a mutation: a file of tests, of which at least one has to fail by its judgement. */

export interface Catcher {
  /** As the table of results says it. */
  readonly label: string;
  /** From the top of the repository. */
  readonly file: string;
  /** Only tests whose names have this in them. */
  readonly test?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Courses of the simulation: the first so many seeds, in order, until one fails. */
export function simulation(courses = 60): Catcher {
  return {
    label: 'simulation',
    file: 'test/mutations/judges/simulation.judge.ts',
    environment: { COURSES: String(courses) },
  };
}

/** What clients of a real server under `kill -9` were told, and whether any order explains it. */
export const linearizability: Catcher = {
  label: 'linearizability',
  file: 'test/linearizability/recorded.test.ts',
  test: 'what clients saw of it has an order',
  environment: { LINEARIZABILITY_RECORDED: '1200' },
};

/** A server whose disk forgets what was not synced. */
export const powerCuts: Catcher = {
  label: 'power cuts',
  file: 'test/crash/power-cut.test.ts',
  test: 'takes nothing that was acknowledged',
  environment: { POWER_CUTS: '10' },
};

/** One file of the tests, or those of its tests that have `test` in their names. */
export function testsOf(file: string, test?: string): Catcher {
  const label = file.replace(/^test\//, '').replace(/\.test\.ts$/, '');
  return test === undefined ? { label, file } : { label, file, test };
}
