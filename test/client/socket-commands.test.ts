/** Commands over the feed's socket: answered, refused, or lost, and which of the three is never in doubt. */
import { describe, expect, it } from 'vitest';
import { CommandLost } from '../../src/client/command-lost.js';
import type { SeatWatch } from '../../src/client/seat-watch.js';
import { LIMITS, WatchStage } from './support/watch-stage.js';

const WISH = { userId: 'ada', seatIds: ['A1'] };
const OF = { reservationId: 'rsv_1', userId: 'ada' };

function liveStage(): { stage: WatchStage; seats: SeatWatch } {
  const stage = new WatchStage();
  const seats = stage.watch();
  stage.begin([0, 0, 0, 0]);
  return { stage, seats };
}

describe('a command over the socket', () => {
  it('is the body of its HTTP route, and the answer is that of the route', async () => {
    const { stage, seats } = liveStage();
    const { timerCount } = stage.time;
    const asked = [
      seats.reserve(WISH, { idempotencyKey: 'key-1' }),
      seats.confirm(OF),
      seats.release({ ...OF, seatIds: ['A1'] }),
    ];
    expect(stage.socket.sent).toEqual([
      { type: 'reserve', requestId: '1', ...WISH, idempotencyKey: 'key-1' },
      { type: 'confirm', requestId: '2', ...OF },
      { type: 'release', requestId: '3', ...OF, seatIds: ['A1'] },
    ]);
    const problem = { code: 'reservation_expired', title: 'Too late', detail: '' };
    stage.socket.say({ type: 'result', requestId: '2', status: 409, body: problem });
    stage.socket.say({ type: 'result', requestId: '1', status: 201, body: { id: 'rsv_1' } });
    stage.socket.say({ type: 'result', requestId: '3', status: 502, body: 'bad gateway' });
    expect(await Promise.all(asked)).toMatchObject([
      { ok: true, status: 201, body: { id: 'rsv_1' } },
      { ok: false, status: 409, body: problem },
      { ok: false, status: 502, body: { code: 'not_a_problem' } },
    ]);
    expect(stage.time.timerCount).toBe(timerCount);
  });

  it('extend and cancel too, and reserve by number', () => {
    const { stage, seats } = liveStage();
    const best = { userId: 'ada', quantity: 2, adjacent: false };
    void seats.extend(OF).catch(() => {});
    void seats.cancel(OF).catch(() => {});
    void seats.reserve(best).catch(() => {});
    expect(stage.socket.sent).toEqual([
      { type: 'extend', requestId: '1', ...OF },
      { type: 'cancel', requestId: '2', ...OF },
      { type: 'reserve', requestId: '3', ...best },
    ]);
    seats.close();
  });

  it('that the server cannot take is refused', async () => {
    const { stage, seats } = liveStage();
    const asked = seats.reserve(WISH);
    const error = { type: 'error', code: 'invalid_request', detail: 'No.' };
    stage.socket.say({ ...error, requestId: '7' });
    stage.socket.say(error);
    stage.socket.say({ ...error, requestId: '1' });
    expect(await asked).toMatchObject({
      ok: false,
      status: 400,
      body: { code: 'invalid_request', title: 'The command could not be read', detail: 'No.' },
    });
    expect(seats.state).toBe('live');
  });

  it('is not sent where there is no connection, and is known to have had no effect', async () => {
    const stage = new WatchStage();
    const seats = stage.watch();
    await expect(seats.reserve(WISH)).rejects.toMatchObject({
      name: 'CommandLost',
      wasSent: false,
    });
    stage.begin([0, 0, 0, 0]);
    stage.socket.drop();
    await expect(seats.reserve(WISH)).rejects.toThrow('had no effect');
    seats.close();
    await expect(seats.reserve(WISH)).rejects.toThrow('had no effect');
    expect(stage.socket.sent).toEqual([]);
  });

  it.each([
    ['the connection is lost', (stage: WatchStage) => stage.socket.drop()],
    ['the watch is closed', (_: WatchStage, seats: SeatWatch) => seats.close()],
    ['the server talks nonsense', (stage: WatchStage) => stage.socket.sayRaw('?')],
    ['no answer comes for long', (stage: WatchStage) => stage.time.pass(LIMITS.answerMsMax)],
  ])(
    'has an unknown outcome where %s before its answer, and says what helps',
    async (_, happens) => {
      const { stage, seats } = liveStage();
      const asked = seats.reserve(WISH);
      happens(stage, seats);
      const lost = await asked.catch((cause: unknown) => cause);
      expect(lost).toBeInstanceOf(CommandLost);
      expect(lost).toMatchObject({
        wasSent: true,
        message: expect.stringContaining('idempotencyKey'),
      });
    },
  );

  it('whose answer comes too late stays lost, and later ones are not mixed up with it', async () => {
    const { stage, seats } = liveStage();
    const late = seats.reserve(WISH);
    stage.time.pass(LIMITS.answerMsMax);
    await expect(late).rejects.toThrow('unknown');
    const next = seats.reserve(WISH);
    stage.socket.say({ type: 'result', requestId: '1', status: 201, body: { id: 'rsv_late' } });
    stage.socket.say({ type: 'result', requestId: '2', status: 201, body: { id: 'rsv_next' } });
    expect(await next).toMatchObject({ body: { id: 'rsv_next' } });
  });

  it('is not sent where too many wait for their answers', async () => {
    const { stage, seats } = liveStage();
    const asked = [1, 2, 3].map(() => seats.reserve(WISH));
    await expect(seats.reserve(WISH)).rejects.toMatchObject({ wasSent: false });
    expect(stage.socket.sent).toHaveLength(3);
    stage.socket.say({ type: 'result', requestId: '1', status: 201, body: {} });
    const fourth = seats.reserve(WISH);
    expect(stage.socket.sent).toHaveLength(4);
    seats.close();
    const all = await Promise.allSettled([...asked, fourth]);
    expect(all.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'rejected',
    ]);
  });
});
