/**
 * The wires between threads: a MessageChannel for every pair that speaks (gateway and shard, gateway and store, shard and
 * store, shard and shard). The supervisor makes them and hands out the ends; nothing is routed through it.
 */
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { ShardCrew } from './crew.js';
import { faultFrom } from './fault-data.js';
import type { StoreOpened } from './thread-messages.js';

/**
 * Wires a crew that starts, each thread whether or not it has come so far as to take its ends: that of the store comes last, so that
 * who hears of it knows all others. Resolves with what the store holds, when every shard serves and every desk's replica is complete.
 *
 * @throws ServerFault why the store could not be opened
 */
export async function connectAll(crew: ShardCrew): Promise<StoreOpened> {
  const shards = crew.livingShards();
  for (const [index, [shard]] of shards.entries()) {
    connectToGateways(crew, shard);
    for (const peer of connectToPeers(crew, shard, shards.slice(0, index))) unheeded(peer);
  }
  const toShards = shards.map(([, thread]) => wireToStore(thread));
  const toGateways = crew.gateways.map(wireToStore);
  const ends = {
    shards: toShards.map(({ end }) => end),
    gateways: toGateways.map(({ end }) => end),
  };
  const opening = crew.store.control.ask('open', ends, [...ends.shards, ...ends.gateways]);
  const opened = opening.then((answer) => {
    if (!answer.ok) throw faultFrom(answer.fault);
    return answer.opened;
  });
  const ready = [...toShards, ...toGateways].map(({ attached }) => attached);
  await Promise.all([opened, ...ready]);
  return opened;
}

/**
 * Gives a new life of a shard fresh ports to everyone. Resolves when it has recovered and serves.
 *
 * Its peers have taken their ends before the store takes its snapshot: what a peer tells later reaches the new life, what
 * it told before is on disk already, since a home tells only what is committed.
 */
export async function connectShard(crew: ShardCrew, shard: number): Promise<void> {
  const life = crew.shard(shard);
  connectToGateways(crew, shard);
  const peers = crew.livingShards().filter(([index]) => index !== shard);
  // A peer that dies meanwhile is given a port again when it is started again.
  await Promise.allSettled(connectToPeers(crew, shard, peers));
  const { end, attached } = wireToStore(life);
  unheeded(crew.store.control.ask('attachShard', { shard, port: end }, [end]));
  await attached;
}

/** What of a thread is given a wire to the store. */
interface StoreReader {
  readonly control: {
    ask(
      name: 'attachStore',
      ask: { port: MessagePort },
      transfer: readonly MessagePort[],
    ): Promise<undefined>;
  };
}

/** The store's end of a wire, and when its other end has what the store sends. */
function wireToStore({ control }: StoreReader): {
  readonly end: MessagePort;
  readonly attached: Promise<undefined>;
} {
  const { port1, port2 } = new MessageChannel();
  return { end: port1, attached: control.ask('attachStore', { port: port2 }, [port2]) };
}

function connectToGateways(crew: ShardCrew, shard: number): void {
  for (const [gateway, { control }] of crew.gateways.entries()) {
    const { port1, port2 } = new MessageChannel();
    unheeded(crew.shard(shard).control.ask('attachGateway', { gateway, port: port1 }, [port1]));
    unheeded(control.ask('attachShard', { shard, port: port2 }, [port2]));
  }
}

function connectToPeers(
  crew: ShardCrew,
  shard: number,
  peers: ReturnType<ShardCrew['livingShards']>,
): Promise<undefined>[] {
  return peers.map(([peer, { control }]) => {
    const { port1, port2 } = new MessageChannel();
    unheeded(crew.shard(shard).control.ask('attachPeer', { shard: peer, port: port1 }, [port1]));
    return control.ask('attachPeer', { shard, port: port2 }, [port2]);
  });
}

/** An answer that nobody waits for; it fails only with the death of its thread, which is noticed by itself. */
export function unheeded(answer: Promise<unknown>): void {
  answer.catch(() => undefined);
}
