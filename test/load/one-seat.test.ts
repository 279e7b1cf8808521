/** The one seat that everybody wants. */
import { afterEach, describe, expect, it } from 'vitest';
import type { ReservationBody, SeatBody } from '../support/api-bodies.js';
import { ApiClient, problemOf, type Reply } from '../support/api-client.js';
import { startServer, type TestServer } from '../support/server.js';
import { countParameter } from '../support/test-parameters.js';

const CLIENTS = countParameter('ONE_SEAT_CLIENTS', 1000);
const TIMEOUT_MS = 60_000;
const WISH = '/v1/events/default/reservations';

let server: TestServer | undefined;
let client: ApiClient | undefined;
afterEach(async () => {
  await client?.close();
  await server?.kill9();
});

/** Every client has its connection before anyone asks, so that all ask at once. */
async function gather(env: Readonly<Record<string, string>>): Promise<ApiClient> {
  server = await startServer({ env });
  const all = new ApiClient(server.url, CLIENTS);
  client = all;
  await everybody(() => all.get('/livez'));
  return all;
}

function everybody<T>(act: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: CLIENTS }, (_, index) => act(index)));
}

describe(`${CLIENTS} clients at once for one seat`, () => {
  it.each([
    { shards: '1', gateways: '1' },
    { shards: '3', gateways: '2' },
  ])(
    'exactly one has it, and all others are told what stands in the way: $shards shards, $gateways gateways',
    async ({ shards, gateways }) => {
      const all = await gather({ HOLDFAST_SHARDS: shards, HOLDFAST_GATEWAYS: gateways });
      const replies = await everybody((index) =>
        all.post<ReservationBody>(WISH, { userId: `user-${index}`, seatIds: ['E5'] }),
      );
      const [winner, ...others] = replies.filter(({ status }) => status === 201);
      expect(others).toEqual([]);
      const obstacle = { seatId: 'E5', status: 'reserved', expiresAt: winner?.body.expiresAt };
      const losers = replies.filter((reply) => reply !== winner);
      expect(losers.map(refusal)).toEqual(
        losers.map(() => ({ status: 409, code: 'seat_unavailable', conflicts: [obstacle] })),
      );
      await expectOnlyHolder(all, winner?.body);
    },
    TIMEOUT_MS,
  );

  it('and of many who want it together with another, nobody has a part of what they want', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const all = await gather({ HOLDFAST_SHARDS: '3' });
    const replies = await everybody((index) =>
      all.post<ReservationBody>(WISH, { userId: `user-${index}`, seatIds: pairOf(index) }),
    );
    const [winner, ...others] = replies.filter(({ status }) => status === 201);
    expect(others).toEqual([]);
    const losers = replies.filter((reply) => reply !== winner).map(refusal);
    expect(losers.filter(({ code }) => code !== 'seat_unavailable')).toEqual([]);
    expect(losers.filter(({ conflicts = [] }) => conflicts.length === 0)).toEqual([]);
    // None is the winner where everybody gave way to somebody who gave way.
    await expectOnlyHolder(all, winner?.body);
  });
});

/** E5, and one of ninety others, on whatever shard that is. */
function pairOf(index: number): string[] {
  return [`${'ABCDFGHIJ'[index % 9]}${1 + (index % 10)}`, 'E5'];
}

function refusal(reply: Reply<unknown>) {
  const { code, conflicts } = problemOf(reply);
  return { status: reply.status, code, conflicts };
}

/** The seats of `winner` are all that is taken, and its reserve is all that happened. */
async function expectOnlyHolder(
  all: ApiClient,
  winner: ReservationBody | undefined,
): Promise<void> {
  const { body } = await all.get<{ data: SeatBody[] }>('/v1/events/default/seats');
  const taken = body.data.filter(({ status }) => status !== 'available');
  expect(taken.map(({ seatId }) => seatId).sort()).toEqual([...(winner?.seatIds ?? [])].sort());
  const facts = await all.log('default');
  const reserved = { type: 'reservation.reserved', reservationId: winner?.id };
  expect(facts.slice(1)).toMatchObject(winner === undefined ? [] : [reserved]);
}
