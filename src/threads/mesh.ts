/**
 * The wires between threads: a MessageChannel for every pair that speaks (gateway and shard, gateway and store, shard and
 * store, shard and shard). The supervisor makes them and hands out the ends; nothing is routed through it.
 */
import { MessageChannel } from 'node:worker_threads';
import type { ShardCrew } from './crew.js';

/** Gives a desk its port to the store. Resolves when its replica is complete. */
export async function connectGateway(crew: ShardCrew, gateway: number): Promise<void> {
  const thread = crew.gateways[gateway];
  const { port1, port2 } = new MessageChannel();
  unheeded(crew.store.control.ask('attachGateway', { gateway, port: port1 }, [port1]));
  await thread?.control.ask('attachStore', { port: port2 }, [port2]);
}

/**
 * Gives a new life of a shard fresh ports to everyone. Resolves when it has recovered and serves.
 *
 * Its peers have taken their ends before the store takes its snapshot: what a peer tells later reaches the new life, what
 * it told before is on disk already, since a home tells only what is committed.
 */
export async function connectShard(crew: ShardCrew, shard: number): Promise<void> {
  const thread = crew.shard(shard);
  connectToGateways(crew, shard);
  // A peer that dies meanwhile is given a port again when it is started again.
  await Promise.allSettled(connectToPeers(crew, shard));
  const { port1, port2 } = new MessageChannel();
  unheeded(crew.store.control.ask('attachShard', { shard, port: port1 }, [port1]));
  await thread.control.ask('attachStore', { port: port2 }, [port2]);
}

function connectToGateways(crew: ShardCrew, shard: number): void {
  for (const [gateway, { control }] of crew.gateways.entries()) {
    const { port1, port2 } = new MessageChannel();
    unheeded(crew.shard(shard).control.ask('attachGateway', { gateway, port: port1 }, [port1]));
    unheeded(control.ask('attachShard', { shard, port: port2 }, [port2]));
  }
}

function connectToPeers(crew: ShardCrew, shard: number): Promise<undefined>[] {
  const peers = crew.livingShards().filter(([index]) => index !== shard);
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
