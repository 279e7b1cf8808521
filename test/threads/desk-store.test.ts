import { describe, expect, it } from 'vitest';
import type { StoreNews } from '../../src/desk/ports.js';
import { eventId } from '../../src/domain/ids.js';
import { PortDeskStore } from '../../src/threads/desk-store.js';
import type { DeskToStore, StoreToDesk } from '../../src/threads/thread-messages.js';
import { FarEnd, quiet } from './ports.js';

const GALA = eventId('gala');
const STATS = { name: 'stats', ask: { eventId: GALA } } as const;
const EMPTY = { data: [], nextCursor: null };

function scene(inFlightMax = 10) {
  const heard: StoreNews[] = [];
  const far = new FarEnd<DeskToStore[], StoreToDesk>();
  const store = new PortDeskStore({
    port: far.near,
    inFlightMax,
    news: (news) => heard.push(news),
  });
  return { store, far, heard };
}

describe('the store as a desk sees it', () => {
  it('asks everything of one turn in one message, and finds each answer its question', async () => {
    const { store, far } = scene();
    const first = store.query('stats', { eventId: GALA });
    const second = store.query('eventLog', { eventId: GALA, after: 0, limit: 10 });
    store.abandon('k');
    await quiet();
    expect(far.received()).toMatchObject([
      [
        { ticket: 1, query: STATS },
        { ticket: 2, query: { name: 'eventLog' } },
        { type: 'abandon', key: 'k' },
      ],
    ]);
    far.send({
      type: 'answers',
      answers: [
        { ticket: 2, ok: true, value: [] },
        { ticket: 1, ok: true, value: EMPTY },
      ],
    });
    expect(await second).toEqual([]);
    expect(await first).toEqual(EMPTY);
    store.close();
  });

  it('refuses what is too much with a fault that a client may wait out', async () => {
    const { store, far } = scene(1);
    const first = store.query('stats', { eventId: GALA });
    await expect(store.query('stats', { eventId: GALA })).rejects.toMatchObject({
      code: 'overloaded',
    });
    await quiet();
    far.send({ type: 'answers', answers: [{ ticket: 1, ok: true, value: EMPTY }] });
    await first;
    const third = store.query('stats', { eventId: GALA });
    await quiet();
    far.send({ type: 'answers', answers: [{ ticket: 2, ok: true, value: EMPTY }] });
    expect(await third).toEqual(EMPTY);
    store.close();
  });

  it('brings a fault across as the fault it is', async () => {
    const { store, far } = scene();
    const asked = store.query('stats', { eventId: GALA });
    await quiet();
    const fault = {
      message: 'torn',
      code: 'storage_corrupt',
      hint: 'verify',
      retryAfterMs: 5,
    } as const;
    far.send({ type: 'answers', answers: [{ ticket: 1, ok: false, fault }] });
    await expect(asked).rejects.toMatchObject({ name: 'ServerFault', ...fault });
    store.close();
  });

  it('hands on news in the order in which they were sent', async () => {
    const { store, far, heard } = scene();
    far.send({ type: 'news', news: { type: 'opened', sequence: 4, incarnation: 1 } });
    far.send({ type: 'facts', first: 5, facts: [] });
    await quiet();
    expect(heard.map(({ type }) => type)).toEqual(['opened', 'facts']);
    store.close();
  });

  it('sends what waits before it lets go of the port', () => {
    const { store, far } = scene();
    store.countConflicts(new Map([[GALA, 3]]));
    store.close();
    expect(far.received()).toMatchObject([[{ type: 'conflicts', counts: new Map([[GALA, 3]]) }]]);
  });
});
