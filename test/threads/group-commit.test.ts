import { describe, expect, it } from 'vitest';
import type { EventRecord } from '../../src/domain/event.js';
import type { Fact } from '../../src/domain/facts.js';
import { eventId, reservationId, userId } from '../../src/domain/ids.js';
import { planFromRequest } from '../../src/domain/plan-request.js';
import { present } from '../../src/lib/assert.js';
import { ServerFault } from '../../src/lib/server-fault.js';
import type { StagedTurn } from '../../src/shard/ports.js';
import { MemoryRows } from '../../src/store/memory-rows.js';
import { Store } from '../../src/store/store.js';
import { type CommittingStore, GroupCommit } from '../../src/threads/group-commit.js';
import type {
  DeskToStore,
  ShardToStore,
  StoreToDesk,
  StoreToShard,
} from '../../src/threads/thread-messages.js';
import { entryForm } from '../../src/threads/wire/entry-wire.js';
import { factForm } from '../../src/threads/wire/fact-wire.js';
import { fromWire, toWire } from '../../src/threads/wire/wire.js';
import { clockOf } from '../support/clock-of.js';
import { FarEnd, quiet } from './ports.js';

const GALA = eventId('gala');

/** A store, one shard's far end and one desk's, and the order in which they were told. */
function scene(
  store: CommittingStore = new Store(
    new MemoryRows(),
    clockOf(() => 1000),
  ),
  max = 512,
  told: string[] = [],
) {
  const shard = new FarEnd<StoreToShard, ShardToStore>(({ type }) => told.push(`shard: ${type}`));
  const desk = new FarEnd<StoreToDesk, DeskToStore[]>((message) =>
    told.push(`desk: ${message.type === 'news' ? message.news.type : message.type}`),
  );
  const rounds = new GroupCommit(store, max);
  rounds.open([shard.near], [desk.near]);
  return { rounds, shard, desk, told, store };
}

describe('a round of group commit', () => {
  it('opens a newcomer with the snapshot as it stands', async () => {
    const { rounds, shard } = scene();
    shard.send(stage(1, [created()]));
    await quiet();
    const late = new FarEnd<StoreToShard, ShardToStore>();
    rounds.attachShard(1, late.near);
    expect(late.received().map(({ type }) => type)).toEqual(['snapshot', 'opened']);
    shard.send(stage(2, [reserved(1)]));
    await quiet();
    const later = new FarEnd<StoreToShard, ShardToStore>();
    rounds.attachShard(2, later.near);
    expect(later.received().map(({ type }) => type)).toEqual(['snapshot', 'snapshot', 'opened']);
    rounds.stop();
  });

  it('reads the store once for all who start together, and posts each part before it reads the next', () => {
    const course: string[] = [];
    const store = storeWith({
      *snapshot() {
        course.push('read');
        yield {
          type: 'event',
          event: gala(),
          booked: new Uint32Array(),
          blocked: new Uint32Array(),
        };
        course.push('read');
        yield { type: 'holds', eventId: GALA, holds: [] };
      },
    });
    const { rounds } = scene(store, 512, course);
    const opened = ['shard: opened', 'desk: opened'];
    const part = ['read', 'shard: snapshot', 'desk: snapshot'];
    expect(course).toEqual([...part, ...part, ...opened]);
    rounds.stop();
  });

  it('tells every desk what was committed before any shard may answer for it', async () => {
    const { rounds, shard, told } = scene();
    shard.send(stage(1, [created()]));
    await quiet();
    expect(told.slice(-2)).toEqual(['desk: facts', 'shard: committed']);
    rounds.stop();
  });

  it('commits what was posted meanwhile in one transaction, and acknowledges it in one word', async () => {
    const { rounds, shard, desk } = scene();
    const other = new FarEnd<StoreToShard, ShardToStore>();
    rounds.attachShard(1, other.near);
    for (const received of [shard, desk, other]) received.received();
    shard.send(stage(1, [created()]));
    shard.send(stage(2, [reserved(1)]));
    other.send(stage(1, [reserved(2), reserved(3)]));
    await quiet();
    expect(rounds.measures()).toMatchObject({ commits: 1, turns: 3, facts: 4 });
    expect(shard.received()).toEqual([{ type: 'committed', ack: { turn: 2, sequence: 4 } }]);
    expect(other.received()).toEqual([{ type: 'committed', ack: { turn: 1, sequence: 4 } }]);
    const [told] = desk.received();
    expect(told).toMatchObject({ type: 'facts', first: 1 });
    expect(factsOf(told)).toHaveLength(4);
    rounds.stop();
  });

  it('answers what a shard asks after everything it had staged before', async () => {
    const { rounds, shard } = scene();
    shard.received();
    shard.send(stage(1, [created()]));
    shard.send({ type: 'load', ticket: 7, load: { type: 'event', eventId: GALA } });
    await quiet();
    expect(shard.received()).toMatchObject([
      { type: 'committed' },
      { type: 'loaded', ticket: 7, loaded: { type: 'event', event: { id: GALA } } },
    ]);
    rounds.stop();
  });

  it('answers a desk in order, and keeps what it wants kept in the same transaction', async () => {
    const { rounds, shard, desk } = scene();
    desk.received();
    const mark = { key: 'k', fingerprint: 'f', requestId: 'r' };
    const begin = { name: 'beginIdempotent', ask: { key: 'k', fingerprint: 'f' } } as const;
    shard.send(stage(1, [created()]));
    desk.send([
      { type: 'remember', ticket: 1, mark, answer: { status: 200, body: '{}', headers: {} } },
      { type: 'query', ticket: 2, query: begin },
    ]);
    await quiet();
    expect(rounds.measures().commits).toBe(1);
    expect(desk.received().at(-1)).toEqual({
      type: 'answers',
      answers: [
        { ticket: 1, ok: true, value: undefined },
        { ticket: 2, ok: true, value: expect.objectContaining({ found: 'answer' }) },
      ],
    });
    rounds.stop();
  });

  it('takes no more than its share of a port at once, and the rest in the next round', async () => {
    const { rounds, shard } = scene(undefined, 2);
    shard.received();
    shard.send(stage(1, [created()]));
    for (const turn of [2, 3, 4, 5]) shard.send(stage(turn, [reserved(turn)]));
    await quiet();
    expect(rounds.measures()).toMatchObject({ commits: 3, turns: 5 });
    rounds.stop();
  });

  it('commits and tells all that a dead shard had posted, and takes nothing more from it', async () => {
    const { rounds, shard, desk } = scene();
    desk.received();
    shard.send(stage(1, [created()]));
    shard.send(stage(2, [reserved(1)]));
    rounds.detachShard(0);
    expect(desk.received().flatMap(factsOf)).toHaveLength(2);
    shard.send(stage(3, [reserved(2)]));
    await quiet();
    expect(rounds.measures().facts).toBe(2);
    rounds.stop();
  });

  it('has everything on disk that was posted when it stops', () => {
    const { rounds, shard, store } = scene(undefined, 1);
    shard.send(stage(1, [created()]));
    shard.send(stage(2, [reserved(1)]));
    rounds.stop();
    expect(store.sequence).toBe(2);
  });

  it('tells and answers nothing after a commit that failed', () => {
    const failing = storeWith({
      commit: () => {
        throw new ServerFault('a commit has failed', { code: 'storage_failed', hint: '' });
      },
    });
    const { rounds, shard, desk, told } = scene(failing);
    told.length = 0;
    shard.send(stage(1, [created()]));
    expect(() => rounds.detachShard(0)).toThrow('a commit has failed');
    expect(told).toEqual([]);
    rounds.abandon();
    desk.close();
  });
});

describe('a question that cannot be answered', () => {
  it('fails alone where a record cannot be read', async () => {
    const torn = storeWith({
      query: () => {
        throw new ServerFault('a row is torn', { code: 'storage_corrupt', hint: '' });
      },
    });
    const { rounds, desk } = scene(torn);
    desk.received();
    desk.send([{ type: 'query', ticket: 1, query: { name: 'stats', ask: { eventId: GALA } } }]);
    await quiet();
    expect(desk.received()).toMatchObject([
      { answers: [{ ok: false, fault: { code: 'storage_corrupt' } }] },
    ]);
    rounds.stop();
  });
});

/** An empty store, but for what the test says. */
function storeWith(own: Partial<CommittingStore>): CommittingStore {
  const store = new Store(
    new MemoryRows(),
    clockOf(() => 1000),
  );
  return {
    commit: (turns, answers) => store.commit(turns, answers),
    load: (load) => store.load(load),
    query: (name, ask) => store.query(name, ask),
    snapshot: () => store.snapshot(),
    abandon: (key) => store.abandon(key),
    countConflicts: (counts) => store.countConflicts(counts),
    sequence: 0,
    incarnation: store.incarnation,
    ...own,
  };
}

function stage(turn: number, facts: readonly Fact[]): ShardToStore {
  const entries = facts.map((fact): StagedTurn['entries'][number] => ({
    facts: [fact],
    records:
      fact.type === 'reservation.reserved'
        ? [
            {
              id: fact.reservationId,
              eventId: fact.eventId,
              userId: fact.userId,
              seats: fact.seats,
              status: 'reserved',
              createdAt: fact.at,
              expiresAt: fact.expiresAt,
              holdMs: fact.holdMs,
              extensions: 0,
            },
          ]
        : [],
  }));
  return { type: 'stage', turn, entries: toWire(entryForm, entries) };
}

function factsOf(message: StoreToDesk | undefined): readonly Fact[] {
  return message?.type === 'facts' ? fromWire(factForm, message.facts) : [];
}

function created(): Fact {
  return { type: 'event.created', eventId: GALA, at: 1, event: gala() };
}

function gala(): EventRecord {
  const made = planFromRequest({ totalSeats: 100 });
  return {
    id: GALA,
    name: 'Gala',
    status: 'on_sale',
    currency: 'EUR',
    holdMs: 1000,
    maxSeatsPerUser: null,
    preventOrphans: false,
    plan: present('plan' in made ? made.plan : undefined, 'a plan'),
    createdAt: 1,
    updatedAt: 1,
    version: 1,
  };
}

function reserved(seat: number): Fact {
  const digits = String(seat).padStart(16, '0');
  return {
    type: 'reservation.reserved',
    eventId: GALA,
    reservationId: reservationId(`rsv_${digits}abcdefghijkl`),
    userId: userId('ada'),
    seats: [seat],
    at: 1,
    expiresAt: 1001,
    holdMs: 1000,
  };
}
