/**
 * A server whose shards can be killed, in a process of its own: it serves like `holdfast serve`, and takes
 * `{ kill: <shard> }` and `{ stop: true }` over IPC. Its argument is the directory of the build.
 *
 * It says `{ ready: <port> }`, and `{ killed: <shard> }` when the thread is dead.
 */
const [build] = process.argv.slice(2);
const { readConfig } = await import(`${build}/config.js`);
const { startHoldfast } = await import(`${build}/threads/supervisor.js`);

const config = readConfig();
// The tests kill shards faster than any that is worth reviving would die by itself.
const restartBudgets = [{ deathsMax: 1000, windowMs: 60_000 }];
const holdfast = await startHoldfast({
  ...config,
  threads: { ...config.threads, restartBudgets },
});

process.on('message', async (message) => {
  if ('stop' in message) {
    await holdfast.close();
    process.exit(0);
  }
  await holdfast.killShard(message.kill);
  process.send({ killed: message.kill });
});
process.send({ ready: holdfast.port });

const fault = await holdfast.failed;
process.stderr.write(`${fault.stack}\n`);
process.exit(1);
