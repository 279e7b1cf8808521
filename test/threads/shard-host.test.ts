import { MessageChannel } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { eventId, reservationId } from '../../src/domain/ids.js';
import { systemClock } from '../../src/lib/system-clock.js';
import type {
  PeerMessage,
  ShardAnswer,
  ShardOutlets,
  ShardRequest,
} from '../../src/shard/ports.js';
import { ShardHost } from '../../src/threads/shard-host.js';
import type { ShardToStore, StoreToShard } from '../../src/threads/thread-messages.js';
import { answerForm } from '../../src/threads/wire/answer-wire.js';
import { requestForm } from '../../src/threads/wire/request-wire.js';
import { toWire, type Wire } from '../../src/threads/wire/wire.js';
import { FarEnd, quiet } from './ports.js';

/** A shard that writes down what is done to it; `outlets` are its ways out. */
function scene() {
  const calls: string[] = [];
  let outlets: ShardOutlets | undefined;
  const due: { at: number | undefined } = { at: undefined };
  const host = new ShardHost(systemClock, (given) => {
    outlets = given;
    return {
      restore: ({ type }) => calls.push(`restore ${type}`),
      receive: (gateway, requests) =>
        calls.push(`receive ${requests.length} of gateway ${gateway}`),
      hear: (from, messages) => calls.push(`hear ${messages.length} of shard ${from}`),
      committed: ({ turn }) => calls.push(`committed ${turn}`),
      loaded: (ticket) => calls.push(`loaded ${ticket}`),
      peerRestarted: (shard) => calls.push(`restarted ${shard}`),
      tick: () => {
        calls.push('tick');
        due.at = undefined;
      },
      nextDueAt: () => due.at,
      endTurn: () => calls.push('end'),
    };
  });
  const store = new FarEnd<ShardToStore, StoreToShard>();
  const gateway = new FarEnd<Wire, Wire>();
  const peer = new FarEnd<PeerMessage[], PeerMessage[]>();
  const opened = host.attachStore(store.near);
  host.attachGateway(0, gateway.near);
  host.attachPeer(1, peer.near);
  const out = (): ShardOutlets => {
    if (outlets === undefined) throw new Error('the shard has been given its outlets');
    return outlets;
  };
  return { host, calls, due, store, gateway, peer, opened, out };
}

const request: ShardRequest = {
  id: 1,
  command: { type: 'event.refresh', eventId: eventId('gala') },
};
const news: PeerMessage = {
  type: 'claim.news',
  reservationId: reservationId('rsv_1'),
  eventId: eventId('gala'),
  seats: [],
};

describe('the host of a shard', () => {
  it('hands over nothing before the shard has recovered, and then all that waited', async () => {
    const { host, calls, store, gateway, peer, opened } = scene();
    gateway.send(toWire(requestForm, [request, request]));
    peer.send([news]);
    host.peerRestarted(1);
    await quiet();
    expect(calls).toEqual([]);

    store.send({ type: 'opened' });
    await opened;
    await quiet();
    expect(calls.filter((call) => call !== 'end').sort()).toEqual([
      'hear 1 of shard 1',
      'receive 2 of gateway 0',
      'restarted 1',
    ]);
    await host.stop();
  });

  it('ends a turn once, after everything that came in it', async () => {
    const { host, calls, store, gateway, peer, opened } = scene();
    store.send({ type: 'opened' });
    await opened;
    await quiet();
    calls.length = 0;
    gateway.send(toWire(requestForm, [request]));
    gateway.send(toWire(requestForm, [request]));
    peer.send([news]);
    await quiet();
    expect(calls.filter((call) => call === 'end').length).toBe(1);
    expect(calls.at(-1)).toBe('end');
    expect(calls).toHaveLength(4);
    await host.stop();
  });

  it('hears what peers have posted before what gateways ask, which may rest on it', async () => {
    const { host, calls, store, gateway, peer, opened } = scene();
    store.send({ type: 'opened' });
    await opened;
    await quiet();
    calls.length = 0;
    peer.send([news]);
    peer.send([news, news]);
    gateway.send(toWire(requestForm, [request]));
    await quiet();
    expect(calls.slice(0, 3)).toEqual([
      'hear 1 of shard 1',
      'hear 2 of shard 1',
      'receive 1 of gateway 0',
    ]);
    await host.stop();
  });

  it('ticks when something is due, and not before', async () => {
    const { host, calls, due, store, opened } = scene();
    store.send({ type: 'opened' });
    await opened;
    const dueAt = Date.now() + 30;
    due.at = dueAt;
    host.wantTurn();
    while (!calls.includes('tick')) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(Date.now()).toBeGreaterThanOrEqual(dueAt);
    await host.stop();
  });

  it('hears what a dead peer had said before it hears the new one', async () => {
    const { host, calls, store, peer, opened } = scene();
    store.send({ type: 'opened' });
    await opened;
    await quiet();
    calls.length = 0;
    peer.send([news]);
    const next = new FarEnd<PeerMessage[], PeerMessage[]>();
    next.send([news, news]);
    host.attachPeer(1, next.near);
    peer.send([news, news, news]);
    await quiet();
    expect(calls).toEqual(['hear 1 of shard 1', 'hear 2 of shard 1', 'end']);
    await host.stop();
  });

  it('posts what the shard sends to whom it is meant for, and nothing to a peer it has no port to', async () => {
    const { host, store, gateway, peer, out } = scene();
    const answer: ShardAnswer = { id: 1, outcome: { ok: true, value: null }, sequence: 0 };
    out().answer(0, [answer]);
    out().tell(1, [news]);
    out().tell(7, [news]);
    out().store.load(3, { type: 'event', eventId: eventId('gala') });
    expect(gateway.received()).toEqual([toWire(answerForm, [answer])]);
    expect(peer.received()).toEqual([[news]]);
    expect(store.received()).toMatchObject([{ type: 'load', ticket: 3 }]);
    await host.stop();
  });

  it('stops only when everything staged is on disk', async () => {
    const { host, store, opened, out } = scene();
    store.send({ type: 'opened' });
    await opened;
    out().store.stage({ turn: 1, entries: [] });
    out().store.stage({ turn: 2, entries: [] });
    let isStopped = false;
    const stopped = host.stop().then(() => {
      isStopped = true;
    });
    store.send({ type: 'committed', ack: { turn: 1, sequence: 0 } });
    await quiet();
    expect(isStopped).toBe(false);
    store.send({ type: 'committed', ack: { turn: 2, sequence: 0 } });
    await stopped;
    expect(isStopped).toBe(true);
  });
});

describe('a port whose other side is gone', () => {
  it('takes what is posted to it without a word', () => {
    const { port1, port2 } = new MessageChannel();
    port2.close();
    expect(() => port1.postMessage('anyone?')).not.toThrow();
    port1.close();
  });
});
