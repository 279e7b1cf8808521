/** What a watch knows and tells, with a server that the test plays. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SeatStatusCode } from '../../src/domain/seat-status.js';
import { delta, LIMITS, snapshot, WatchStage } from './support/watch-stage.js';

describe('a watch', () => {
  it('knows nothing before the first snapshot, and then all of it, which is no change', () => {
    const stage = new WatchStage();
    const seats = stage.watch();
    stage.socket.open();
    expect(seats.state).toBe('connecting');
    expect(seats.cursor).toBeUndefined();
    expect(seats.statusOf(1)).toBeUndefined();
    expect(seats.codes).toEqual(new Uint8Array(0));

    stage.socket.say(snapshot([0, 1, 2, 3], 'c1'));
    expect(seats.state).toBe('live');
    expect(seats.cursor).toBe('c1');
    expect(seats.totalSeats).toBe(4);
    expect([0, 1, 2, 3, 4, 5].map((seat) => seats.statusOf(seat))).toEqual([
      undefined,
      'available',
      'reserved',
      'booked',
      'blocked',
      undefined,
    ]);
    expect([...seats.codes]).toEqual([0, 0, 1, 2, 3]);
    expect(seats.counts).toEqual({ available: 1, reserved: 1, booked: 1, blocked: 1 });
    expect(stage.told).toEqual(['snapshot']);
    expect(stage.states).toEqual(['live']);
  });

  it('tells what a delta changes, and what it was', () => {
    const stage = new WatchStage();
    const seats = stage.watch();
    stage.begin([0, 1, 2, 3]);
    stage.socket.say(
      delta(
        [
          [1, 1],
          [2, 2],
          [3, 2],
        ],
        'c2',
      ),
    );
    expect(stage.told.slice(1)).toEqual([
      { seatNumber: 1, status: 'reserved', before: 'available' },
      { seatNumber: 2, status: 'booked', before: 'reserved' },
    ]);
    expect(seats.cursor).toBe('c2');
    expect(seats.counts).toEqual({ available: 0, reserved: 1, booked: 2, blocked: 1 });
  });

  it('counts no seats that there are not, where the last byte of a map has room for more', () => {
    const stage = new WatchStage();
    const seats = stage.watch();
    stage.begin([0, 0, 0, 0, 1]);
    expect(seats.counts).toEqual({ available: 4, reserved: 1, booked: 0, blocked: 0 });
    expect(seats.statusOf(6)).toBeUndefined();
  });

  it('passes over frames of a type that it does not know', () => {
    const stage = new WatchStage();
    const seats = stage.watch();
    stage.begin([0, 0, 0, 0]);
    stage.socket.say({ type: 'greeting' });
    expect([seats.state, seats.cursor, stage.socket.closedWith]).toEqual(['live', 'c1', undefined]);
  });

  it('asks for nothing but the feed', async () => {
    const stage = new WatchStage();
    stage.watch();
    stage.begin([0, 0, 1, 0]);
    await stage.settle();
    expect([stage.sockets.length, stage.asked]).toEqual([1, []]);
  });

  it('finds its way: session, TLS, a path before /v1, an id that needs escaping', () => {
    const stage = new WatchStage();
    stage.watch({ url: 'https://tickets.example/seats', session: 'a b' });
    expect(stage.socket.url.href).toBe(
      'wss://tickets.example/seats/v1/events/gala/feed?session=a+b',
    );
    expect(() => stage.watch({ url: 'ftp://tickets.example' })).toThrow(TypeError);
    expect(() => stage.watch({ url: 'tickets' })).toThrow(TypeError);
  });
});

describe('a watch that has lost its connection', () => {
  it('is stale, resumes from its cursor, and is live with the first delta', () => {
    const stage = new WatchStage();
    const seats = stage.watch();
    stage.begin([0, 0, 0, 0], 'c1');
    stage.socket.say(delta([[2, 1]], 'c2'));
    stage.socket.drop();
    expect([seats.state, seats.statusOf(2), seats.cursor]).toEqual(['stale', 'reserved', 'c2']);

    stage.time.pass(LIMITS.backoffMsMax);
    expect(stage.socket.cursor).toBe('c2');
    stage.socket.open();
    expect(seats.state).toBe('stale');
    stage.socket.say(delta([], 'c2'));
    expect(stage.states).toEqual(['live', 'stale', 'live']);
    expect(stage.told).toEqual([
      'snapshot',
      { seatNumber: 2, status: 'reserved', before: 'available' },
    ]);
  });

  it('tells what differs, and nothing else, where it is sent a snapshot after the gap', () => {
    const codes = fc.array(fc.constantFrom<SeatStatusCode>(0, 1, 2, 3), {
      minLength: 9,
      maxLength: 9,
    });
    fc.assert(
      fc.property(codes, codes, (before, after) => {
        const stage = new WatchStage();
        const seats = stage.watch();
        stage.begin(before, 'c1');
        const { codes: view } = seats;
        stage.cutAndReturn();
        stage.begin(after, 'c9');
        const names = ['available', 'reserved', 'booked', 'blocked'];
        const differing = after.flatMap((code, index) =>
          code === before[index]
            ? []
            : [{ seatNumber: index + 1, status: names[code], before: names[before[index] ?? 0] }],
        );
        expect(stage.told).toEqual(['snapshot', 'snapshot', ...differing]);
        expect([...view]).toEqual([0, ...after]);
        expect(seats.cursor).toBe('c9');
      }),
    );
  });

  it('never listens to a connection that it has given up', () => {
    const stage = new WatchStage();
    const seats = stage.watch();
    stage.begin([0, 0, 0, 0]);
    const old = stage.socket;
    stage.cutAndReturn();
    stage.begin([0, 0, 0, 0], 'c2');
    old.say(delta([[1, 2]], 'c1a'));
    old.drop();
    expect([seats.state, seats.cursor, seats.statusOf(1)]).toEqual(['live', 'c2', 'available']);
    expect(stage.sockets).toHaveLength(2);
  });

  it.each([
    ['no JSON', '{"type":'],
    ['bytes', new Uint8Array(3)],
    ['no object', '7'],
    ['no type', '{}'],
    [
      'a snapshot that is no base64',
      '{"type":"snapshot","cursor":"c","totalSeats":4,"statuses":"*"}',
    ],
    ['a snapshot without a cursor', '{"type":"snapshot","totalSeats":4,"statuses":"AA=="}'],
    ['a snapshot without its size', '{"type":"snapshot","cursor":"c","statuses":"AA=="}'],
    [
      'a snapshot of more seats than it has',
      '{"type":"snapshot","cursor":"c","totalSeats":5e15,"statuses":"AA=="}',
    ],
    [
      'a snapshot of half a seat',
      '{"type":"snapshot","cursor":"c","totalSeats":3.5,"statuses":"AA=="}',
    ],
    ['a delta without changes', '{"type":"delta","cursor":"c"}'],
    ['a delta of no numbers', '{"type":"delta","cursor":"c","changes":[["1",1]]}'],
    [
      'a delta with a status that there is not',
      '{"type":"delta","cursor":"c","changes":[[1,1],[2,4]]}',
    ],
    [
      'a delta with a seat that there is not',
      '{"type":"delta","cursor":"c","changes":[[1,1],[5,1]]}',
    ],
    ['a result without its request', '{"type":"result","status":200,"body":{}}'],
  ])(
    'drops a server that says %s, believes none of it, and asks for a snapshot',
    async (_, data) => {
      const stage = new WatchStage();
      const seats = stage.watch();
      stage.begin([0, 1, 2, 3]);
      stage.socket.sayRaw(data);
      expect(stage.socket.closedWith).toBe(4400);
      expect([seats.state, seats.cursor, [...seats.codes]]).toEqual([
        'stale',
        'c1',
        [0, 0, 1, 2, 3],
      ]);

      stage.time.pass(LIMITS.backoffMsMax);
      await stage.settle();
      expect(stage.sockets).toHaveLength(2);
      expect(stage.socket.cursor).toBeNull();
      stage.begin([0, 1, 2, 0], 'c2');
      expect(stage.told.slice(1)).toEqual([
        'snapshot',
        { seatNumber: 4, status: 'available', before: 'blocked' },
      ]);
    },
  );

  it('begins anew where the event has another number of seats than it had', () => {
    const stage = new WatchStage();
    const seats = stage.watch();
    stage.begin([0, 0, 0, 0]);
    stage.cutAndReturn();
    stage.begin([0, 0, 0, 0, 0, 0, 0, 0, 1], 'c2');
    expect(seats.counts).toEqual({ available: 8, reserved: 1, booked: 0, blocked: 0 });
    expect(stage.told).toEqual(['snapshot', 'snapshot']);
    expect(stage.states).toEqual(['live', 'stale', 'connecting', 'live']);
  });
});

describe('whatever the server does', () => {
  type Act = readonly [
    'delta' | 'resume' | 'fall back',
    readonly (readonly [number, SeatStatusCode])[],
  ];
  const updates = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 7 }), fc.constantFrom<SeatStatusCode>(0, 1, 2, 3)),
    { maxLength: 5 },
  );
  const acts: fc.Arbitrary<Act[]> = fc.array(
    fc.tuple(fc.constantFrom('delta', 'resume', 'fall back'), updates),
    { maxLength: 30 },
  );

  it('a watch shows what is, and whoever follows its changes, by call or by iterator, has the same', async () => {
    await fc.assert(
      fc.asyncProperty(acts, async (script) => {
        const stage = new WatchStage();
        const truth: SeatStatusCode[] = [0, 0, 0, 0, 0, 0, 0];
        const names = ['available', 'reserved', 'booked', 'blocked'];
        const called = truth.map(() => 'available');
        const iterated = truth.map(() => 'available');
        const seats = stage.watch({
          onChange: (changes) => {
            for (const { seatNumber, status, before } of changes) {
              expect(called[seatNumber - 1]).toBe(before);
              called[seatNumber - 1] = status;
            }
          },
        });
        stage.begin(truth, '0');
        const stream = seats.changes();
        for (const [index, [act, changes]] of script.entries()) {
          for (const [seat, code] of changes) truth[seat - 1] = code;
          if (act !== 'delta') stage.cutAndReturn();
          if (act === 'fall back') stage.begin(truth, String(index));
          if (act === 'resume') stage.socket.open();
          if (act !== 'fall back') stage.socket.say(delta(changes, String(index)));
          expect([...seats.codes].slice(1)).toEqual(truth);
        }
        seats.close();
        for await (const changes of stream) {
          for (const { seatNumber, status, before } of changes) {
            expect(iterated[seatNumber - 1]).toBe(before);
            iterated[seatNumber - 1] = status;
          }
        }
        const shown = truth.map((code) => names[code]);
        expect(called).toEqual(shown);
        expect(iterated).toEqual(shown);
        const counted = names.map((name) => shown.filter((status) => status === name).length);
        expect(Object.values(seats.counts)).toEqual(counted);
      }),
    );
  });
});
