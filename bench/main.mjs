/** The benches' command line: `npm run bench`. */
import { runBenches } from './run-benches.mjs';

await runBenches(process.argv.slice(2));
