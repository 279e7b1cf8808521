/** When a watch tries again, when it waits and how long, and when it gives up. */
import { describe, expect, it } from 'vitest';
import { delta, LIMITS, snapshot, WatchStage } from './support/watch-stage.js';

/** How long it is until the next connection is tried, to the millisecond. */
async function waitMs(stage: WatchStage): Promise<number> {
  const count = stage.sockets.length;
  for (let ms = 0; ms <= 10_000; ms += 1) {
    if (stage.sockets.length > count) return ms;
    stage.time.pass(1);
  }
  throw new Error('it does not try again');
}

describe('the wait before another attempt', () => {
  it('doubles with each failure up to its bound, and is drawn from all below', async () => {
    const stage = new WatchStage();
    const seats = stage.watch();
    const waits: number[] = [];
    for (let attempt = 0; attempt < 6; attempt += 1) {
      stage.socket.drop();
      await stage.settle();
      waits.push(await waitMs(stage));
    }
    expect(waits).toEqual([50, 100, 200, 400, 500, 500]);
    stage.luck = 0.1;
    stage.socket.drop();
    await stage.settle();
    expect(await waitMs(stage)).toBe(100);
    expect(seats.state).toBe('connecting');
  });

  it('is short again after a connection that lasted, and not after one that did not', async () => {
    const stage = new WatchStage();
    stage.watch();
    const waits: number[] = [];
    for (const lastedMs of [0, 0, LIMITS.steadyMs - 1, LIMITS.steadyMs, 0]) {
      stage.begin([0, 0, 0, 0]);
      stage.time.pass(lastedMs);
      stage.socket.drop();
      waits.push(await waitMs(stage));
    }
    expect(waits).toEqual([50, 100, 200, 50, 100]);
  });

  it.each([
    ['{"retryAfterMs":300}', 350],
    ['{"retryAfterMs":999999}', LIMITS.backoffMsMax + 50],
    ['{"retryAfterMs":"300"}', 50],
    ['{"retryAfterMs":-100}', 50],
    ['going away', 50],
    ['null', 50],
  ])('is at least what the server asks for in %s, within bounds', async (reason, ms) => {
    const stage = new WatchStage();
    stage.watch();
    stage.begin([0, 0, 0, 0]);
    stage.socket.drop(1012, reason);
    expect(await waitMs(stage)).toBe(ms);
  });

  it('is at least what an answer over HTTP asks for', async () => {
    const stage = new WatchStage();
    stage.eventAnswer = { status: 503, body: { code: 'overloaded', retryAfterMs: 700 } };
    const seats = stage.watch();
    stage.socket.drop();
    await stage.settle();
    expect(await waitMs(stage)).toBe(750);
    expect(seats.state).toBe('connecting');
  });
});

describe('a connection that is refused', () => {
  it('is the end where the event is gone, and is told once', async () => {
    const stage = new WatchStage();
    const seats = stage.watch();
    stage.eventAnswer = { status: 404, body: { code: 'event_not_found' } };
    stage.socket.drop();
    await stage.settle();
    expect(stage.asked).toEqual(['http://127.0.0.1:8080/v1/events/gala']);
    expect([seats.state, stage.states]).toEqual(['closed', ['closed']]);
    stage.time.pass(1_000_000);
    expect([stage.sockets.length, stage.time.timerCount]).toEqual([1, 0]);
  });

  it.each([
    ['the event is there', { status: 200, body: { id: 'gala' } }],
    ['nobody answers', undefined],
    ['the server is ill', { status: 503, body: { code: 'overloaded' } }],
    ['somebody else answers', { status: 200, body: 'welcome to the hotel' }],
    ['somebody else answers with nothing', { status: 200, body: null }],
  ])('is tried again where %s', async (_, eventAnswer) => {
    const stage = new WatchStage();
    const seats = stage.watch();
    stage.begin([0, 0, 1, 0]);
    stage.eventAnswer = eventAnswer;
    stage.cutAndReturn();
    stage.socket.drop();
    await stage.settle();
    expect([seats.state, stage.asked.length]).toEqual(['stale', 1]);
    stage.time.pass(LIMITS.backoffMsMax);
    expect(stage.socket.cursor).toBe('c1');
    stage.socket.open();
    stage.socket.say(delta([], 'c1'));
    expect(seats.state).toBe('live');
  });

  it('is tried again where the question finds no answer in time', async () => {
    const stage = new WatchStage();
    stage.eventAnswer = 'silence';
    stage.watch();
    stage.socket.drop();
    stage.time.pass(LIMITS.openMsMax);
    await stage.settle();
    expect([stage.abortCount, stage.asked.length]).toEqual([1, 1]);
    stage.time.pass(LIMITS.backoffMsMax);
    expect(stage.sockets).toHaveLength(2);
  });

  it('is asked about at once where the server says that the event is gone', async () => {
    const stage = new WatchStage();
    const seats = stage.watch();
    stage.begin([0, 0, 0, 0]);
    stage.eventAnswer = { status: 404, body: { code: 'event_not_found' } };
    stage.socket.drop(4404, '{"code":"event_not_found"}');
    await stage.settle();
    expect([seats.state, stage.sockets.length]).toEqual(['closed', 1]);
  });

  it('that was open is tried again without a question', async () => {
    const stage = new WatchStage();
    stage.watch();
    stage.begin([0, 0, 0, 0]);
    stage.cutAndReturn();
    await stage.settle();
    expect([stage.sockets.length, stage.asked.length]).toEqual([2, 0]);
  });
});

describe('a connection that says nothing', () => {
  it('is given up where it does not open', async () => {
    const stage = new WatchStage();
    stage.watch();
    stage.time.pass(LIMITS.openMsMax);
    expect(stage.socket.closedWith).toBe(1000);
    stage.socket.open();
    stage.socket.say(snapshot([1, 1, 1, 1], 'c1'));
    expect(stage.told).toEqual([]);
    await stage.settle();
    stage.time.pass(LIMITS.backoffMsMax);
    expect([stage.sockets.length, stage.asked.length]).toEqual([2, 1]);
  });

  it('is given up where it opens and sends no first frame', () => {
    const stage = new WatchStage();
    stage.watch();
    stage.socket.open();
    stage.time.pass(LIMITS.firstFrameMsMax - 1);
    expect(stage.socket.closedWith).toBeUndefined();
    stage.time.pass(1);
    expect(stage.socket.closedWith).toBe(1000);
    stage.time.pass(LIMITS.backoffMsMax);
    expect(stage.sockets).toHaveLength(2);
  });

  it('is renewed after a while; the watch stays live, for nothing shows that it is not', () => {
    const stage = new WatchStage();
    const seats = stage.watch();
    stage.begin([0, 0, 0, 0]);
    stage.time.pass(LIMITS.silenceMsMax * 0.75 - 1);
    expect(stage.sockets).toHaveLength(1);
    stage.time.pass(1);
    const [old] = stage.sockets;
    expect([old?.closedWith, stage.sockets.length, stage.socket.cursor]).toEqual([1000, 2, 'c1']);
    expect(seats.state).toBe('live');
    stage.socket.open();
    stage.socket.say(delta([[1, 1]], 'c2'));
    expect([seats.statusOf(1), stage.states]).toEqual(['reserved', ['live']]);
  });

  it('and that cannot be renewed either is lost', () => {
    const stage = new WatchStage();
    const seats = stage.watch();
    stage.begin([0, 0, 0, 0]);
    stage.time.pass(LIMITS.silenceMsMax);
    stage.socket.drop();
    expect(seats.state).toBe('stale');
  });

  it('has time to answer what it is asked, but only once', async () => {
    const stage = new WatchStage();
    const seats = stage.watch({ limits: { ...LIMITS, answerMsMax: 1_000_000 } });
    stage.begin([0, 0, 0, 0]);
    const lost = [0, 1].map(async () => {
      stage.time.pass(LIMITS.silenceMsMax * 0.5);
      await expect(seats.reserve({ userId: 'ada', seatIds: ['1'] })).rejects.toThrow('unknown');
    });
    expect(stage.sockets).toHaveLength(1);
    stage.time.pass(LIMITS.silenceMsMax * 0.25);
    expect(stage.sockets).toHaveLength(2);
    await Promise.all(lost);
  });
});

describe('a watch that is closed', () => {
  it.each(['asking', 'connecting', 'open', 'live', 'waiting'])(
    'while %s does nothing more',
    async (when) => {
      const stage = new WatchStage();
      if (when === 'asking') stage.eventAnswer = 'silence';
      const seats = stage.watch();
      if (when === 'asking') stage.socket.drop();
      if (when === 'open') stage.socket.open();
      if (when === 'live' || when === 'waiting') stage.begin([0, 0, 0, 0]);
      if (when === 'waiting') stage.socket.drop();
      seats.close();
      seats.close();
      const [first] = stage.sockets;
      if (['connecting', 'open', 'live'].includes(when)) expect(first?.closedWith).toBe(1000);
      first?.say(snapshot([1, 1, 1, 1], 'c7'));
      first?.drop();
      await stage.settle();
      expect(stage.abortCount).toBe(when === 'asking' ? 1 : 0);
      stage.time.pass(1_000_000);
      expect([seats.state, stage.time.timerCount]).toEqual(['closed', 0]);
      expect(stage.sockets.length).toBe(1);
      expect(stage.states.filter((state) => state === 'closed')).toHaveLength(1);
      expect(seats.cursor).toBe(when === 'live' || when === 'waiting' ? 'c1' : undefined);
    },
  );

  it.each(['onSnapshot', 'onChange', 'onState'])('in %s tells nothing more', (handler) => {
    const stage = new WatchStage();
    const told: string[] = [];
    const on = (name: string) => () => {
      told.push(name);
      if (name === handler) seats.close();
    };
    const seats = stage.watch({ onSnapshot: on('onSnapshot'), onChange: on('onChange') });
    const closing = stage.watch({
      onState: (state) => {
        told.push(state);
        if (handler === 'onState') closing.close();
      },
    });
    const [socket, other] = stage.sockets;
    for (const one of [socket, other]) {
      one?.open();
      one?.say(snapshot([0, 0, 0, 0], 'c1'));
      one?.say(delta([[1, 1]], 'c2'));
      one?.say(delta([[1, 2]], 'c3'));
    }
    const expected = {
      onSnapshot: ['onSnapshot', 'live'],
      onChange: ['onSnapshot', 'onChange', 'live'],
      onState: ['onSnapshot', 'onChange', 'onChange', 'live', 'closed'],
    }[handler];
    expect(told).toEqual(expected);
    expect((handler === 'onState' ? closing : seats).state).toBe('closed');
  });

  it('in onSnapshot after a gap does not tell what differs', () => {
    const stage = new WatchStage();
    const seats = stage.watch({
      onSnapshot: () => {
        if (seats.state === 'stale') seats.close();
      },
    });
    stage.begin([0, 0, 0, 0]);
    stage.cutAndReturn();
    stage.begin([1, 0, 0, 0], 'c2');
    expect([seats.state, stage.told, stage.states]).toEqual([
      'closed',
      [],
      ['live', 'stale', 'closed'],
    ]);
  });

  it('while the event turns out to be another tells nothing of that one', () => {
    const stage = new WatchStage();
    const seats = stage.watch({
      onState: (state) => {
        if (state === 'connecting') seats.close();
      },
    });
    stage.begin([0, 0, 0, 0]);
    stage.cutAndReturn();
    stage.begin([0, 0, 0, 0, 1], 'c2');
    expect([seats.state, seats.cursor, stage.told]).toEqual(['closed', undefined, ['snapshot']]);
  });

  it('ends its streams, after what they still have', async () => {
    const stage = new WatchStage();
    const seats = stage.watch();
    stage.begin([0, 0, 0, 0]);
    const stream = seats.changes();
    const waiting = seats.changes();
    const end = [waiting.next(), waiting.next()];
    const left = seats.changes();
    await left.return?.();
    seats.close();
    expect(await Promise.all(end)).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(await left.next()).toEqual({ done: true, value: undefined });
    expect(await seats.changes().next()).toEqual({ done: true, value: undefined });
  });
});

describe('a stream of changes', () => {
  it('waits for a change, and gives a slow reader one entry a seat', async () => {
    const stage = new WatchStage();
    const seats = stage.watch();
    stage.begin([0, 0, 0, 0]);
    const stream = seats.changes();
    const first = stream.next();
    stage.socket.say(delta([[1, 1]], 'c2'));
    const reserved = { seatNumber: 1, status: 'reserved', before: 'available' };
    expect(await first).toEqual({ done: false, value: [reserved] });

    stage.socket.say(
      delta(
        [
          [1, 2],
          [2, 1],
        ],
        'c3',
      ),
    );
    stage.socket.say(
      delta(
        [
          [2, 0],
          [3, 1],
        ],
        'c4',
      ),
    );
    stage.socket.say(delta([[1, 0]], 'c5'));
    const { value } = await stream.next();
    expect(value).toEqual([
      { seatNumber: 1, status: 'available', before: 'reserved' },
      { seatNumber: 3, status: 'reserved', before: 'available' },
    ]);
  });
});
