/**
 * `npm run mutations`: plants every fault in turn and sees it caught. `-- NAME …`: only those with NAME in their names.
 * `-- --ci`: the few that CI runs.
 */
import { createViteServer } from 'vitest/node';

// Those that it has started, in groups of their own, end with it.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const server = await createViteServer({
  configFile: false,
  appType: 'custom',
  logLevel: 'error',
  server: { middlewareMode: true, watch: null, ws: false },
});
const { tryAll } = await server.ssrLoadModule('/test/mutations/try-all.ts');
const isCaught = await tryAll(process.argv.slice(2));
await server.close();
process.exit(isCaught ? 0 : 1);
