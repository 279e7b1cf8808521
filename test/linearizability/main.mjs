/**
 * `npm run linearizability -- --operations 1000000 --recorded 20000`: the same tests as in `npm test`, for as long as one likes, and
 * what they took. Needs a build.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    operations: { type: 'string', default: '1000000' },
    recorded: { type: 'string', default: '20000' },
    seed: { type: 'string' },
  },
});
const tests = ['million', 'recorded'].map((name) => `test/linearizability/${name}.test.ts`);
const args = ['run', '--config', 'test/vitest.config.ts', '--no-file-parallelism', ...tests];
const { status } = spawnSync('node_modules/.bin/vitest', args, {
  stdio: 'inherit',
  env: {
    ...process.env,
    LINEARIZABILITY_OPERATIONS: values.operations,
    LINEARIZABILITY_RECORDED: values.recorded,
    ...(values.seed === undefined ? {} : { TEST_SEED: values.seed }),
  },
});
process.exit(status ?? 1);
