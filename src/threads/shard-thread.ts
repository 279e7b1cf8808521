/** A shard's thread: one Shard and its host, for one life. */
import { threadId } from 'node:worker_threads';
import { systemClock } from '../lib/system-clock.js';
import { Shard } from '../shard/shard.js';
import { ControlPort } from './control-port.js';
import { ShardHost } from './shard-host.js';
import type { Measures, NoCalls, ShardCalls, ShardThreadData } from './thread-messages.js';
import type { ThreadStart } from './thread-pool.js';

/** Resolves when the shard was asked to stop; rejects, or ends the thread, at a bug. */
export async function run(start: ThreadStart<ShardThreadData>): Promise<void> {
  const { host, measures } = hostShard(start);
  await new Promise<void>((resolve) => {
    new ControlPort<ShardCalls, NoCalls>(start.control, {
      hello: () => threadId,
      attachStore: async ({ port }) => {
        await host.attachStore(port);
      },
      attachGateway: ({ gateway, port }) => {
        host.attachGateway(gateway, port);
      },
      attachPeer: ({ shard, port }) => {
        host.attachPeer(shard, port);
      },
      peerRestarted: ({ shard }) => {
        host.peerRestarted(shard);
      },
      measure: measures,
      stop: async () => {
        await host.stop();
        resolve();
      },
    });
  });
}

function hostShard({ config, shard: index }: ShardThreadData): {
  host: ShardHost;
  measures: () => Measures;
} {
  let measures: () => Measures = () => ({});
  const host = new ShardHost(systemClock, (outlets) => {
    const shard = new Shard({
      index,
      shardCount: config.shardCount,
      clock: systemClock,
      limits: config.shard,
      outlets,
      wantsTurn: () => host.wantTurn(),
    });
    measures = () => ({ ...shard.measures() });
    return shard;
  });
  return { host, measures };
}
