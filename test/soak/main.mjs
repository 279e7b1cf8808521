/** `npm run soak -- --minutes 10`, or `--hours 8`: the soak of `npm test` for as long as one likes, without its controls. Needs a build. */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    hours: { type: 'string' },
    seed: { type: 'string' },
  },
});
const minutes = Number(values.hours ?? 0) * 60 + Number(values.minutes ?? 0) || 10;
const args = ['run', '--config', 'test/vitest.config.ts', 'test/soak', '-t', 'leave nothing behind'];
const { status } = spawnSync('node_modules/.bin/vitest', args, {
  stdio: 'inherit',
  env: {
    ...process.env,
    SOAK_SECONDS: String(Math.ceil(minutes * 60)),
    ...(values.seed === undefined ? {} : { TEST_SEED: values.seed }),
  },
});
process.exit(status ?? 1);
