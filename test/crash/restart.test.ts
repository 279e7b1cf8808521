/** What a user finds again after the server was killed: everything, to the millisecond. */
import { afterEach, describe, expect, it } from 'vitest';
import type { PageBody, ReservationBody, SeatBody, SeatListBody } from '../support/api-bodies.js';
import { ApiClient } from '../support/api-client.js';
import { startServer, type TestServer } from '../support/server.js';
import { temporaryDir } from '../support/temporary-dir.js';

const WISH = '/v1/events/default/reservations';
/** Rows are dealt to the shards in sixes: each of these is of another. */
const SEATS = ['A1', 'G1', 'M10'];
/** Seconds that a hold is given to outlive a restart, the next where that took longer. */
const HOLDS = ['2', '8', '30'];
const TIMEOUT_MS = 90_000;

const servers: TestServer[] = [];
const clients: ApiClient[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await Promise.all(servers.splice(0).map((server) => server.kill9()));
});

describe('after kill -9 and a restart', () => {
  it(
    'seats, reservations, histories and the log are what they were',
    async () => {
      const { dataDir, client, kill } = await start();
      const made = await client.post<ReservationBody>(WISH, { userId: 'ada', seatIds: SEATS });
      expect(made.status).toBe(201);
      const booked = await reserve(client, 'bob', ['B1', 'B2', 'H3']);
      expect((await act(client, booked, 'confirm')).status).toBe(200);
      const cancelled = await reserve(client, 'cy', ['C1', 'I1']);
      expect((await act(client, cancelled, 'cancel')).status).toBe(200);
      const extended = await reserve(client, 'di', ['D1']);
      expect((await act(client, extended, 'extend')).status).toBe(200);
      const before = await everything(client);
      await kill();

      for (const shards of ['1', '3']) {
        const again = await start({ dataDir, shards });
        expect(await everything(again.client)).toEqual(before);
        const refused = await again.client.post(WISH, { userId: 'eve', seatIds: SEATS });
        expect(refused).toMatchObject({
          status: 409,
          body: { conflicts: SEATS.map(heldBy(made)) },
        });
        await again.kill();
      }
    },
    TIMEOUT_MS,
  );

  it(
    'what was held is confirmed and cancelled as before',
    async () => {
      const { dataDir, client, kill } = await start();
      const kept = await reserve(client, 'ada', SEATS);
      const dropped = await reserve(client, 'bob', ['B1', 'H3']);
      await kill();
      const again = (await start({ dataDir, shards: '2' })).client;
      const confirmed = await act(again, kept, 'confirm');
      expect(confirmed).toMatchObject({
        status: 200,
        body: { ...kept, status: 'confirmed', confirmedAt: expect.any(String) },
      });
      expect((await act(again, dropped, 'cancel')).status).toBe(200);
      expect((await again.post(WISH, { userId: 'eve', seatIds: ['B1', 'H3'] })).status).toBe(201);
    },
    TIMEOUT_MS,
  );

  it(
    'a hold that ran out meanwhile is over at the start',
    async () => {
      const { dataDir, client, kill } = await start({ holdSeconds: '0.5' });
      const held = await reserve(client, 'ada', SEATS);
      await kill();
      await until(() => Date.now() >= Date.parse(held.expiresAt));
      const again = (await start({ dataDir, shards: '2' })).client;
      const late = await act(again, held, 'confirm');
      expect(late).toMatchObject({ status: 409, body: { code: 'reservation_expired' } });
      const found = await again.get<ReservationBody>(`/v1/reservations/${held.id}`);
      expect(found.body).toMatchObject({ status: 'expired', expiredAt: held.expiresAt });
      expect((await again.post(WISH, { userId: 'eve', seatIds: SEATS })).status).toBe(201);
    },
    TIMEOUT_MS,
  );

  it.each(['1', '3'])(
    'a hold ends at the same millisecond, not before and not after: %s shards',
    async (shards) => {
      const { held, client } = await heldOverRestart(shards);
      const found = await client.get<ReservationBody>(`/v1/reservations/${held.id}`);
      expect(found.body.expiresAt).toBe(held.expiresAt);
      const switches = await Promise.all(SEATS.map((seatId) => pollForSeat(client, seatId, held)));
      for (const { refusals, taken } of switches) {
        expect(refusals).toBeGreaterThan(0);
        // The server's own word for when it was: never before the hold was over.
        expect(Date.parse(taken.createdAt)).toBeGreaterThanOrEqual(Date.parse(held.expiresAt));
      }
    },
    TIMEOUT_MS,
  );
});

/** A hold that still runs when its server is up again. */
async function heldOverRestart(
  shards: string,
): Promise<{ held: ReservationBody; client: ApiClient }> {
  for (const holdSeconds of HOLDS) {
    const { dataDir, client, kill } = await start({ holdSeconds });
    const held = await reserve(client, 'ada', SEATS);
    await kill();
    const again = await start({ dataDir, shards, holdSeconds });
    if (Date.now() + 500 < Date.parse(held.expiresAt)) return { held, client: again.client };
    await again.kill();
  }
  throw new Error('no restart was faster than its hold');
}

interface Started {
  readonly dataDir: string;
  readonly client: ApiClient;
  readonly kill: () => Promise<void>;
}

async function start({
  dataDir = temporaryDir(),
  shards = '3',
  holdSeconds = '300',
} = {}): Promise<Started> {
  const env = {
    HOLDFAST_SHARDS: shards,
    HOLDFAST_HOLD_SECONDS: holdSeconds,
    HOLDFAST_DEFAULT_ROWS: '26',
  };
  const server = await startServer({ dataDir, env });
  const client = new ApiClient(server.url, 16);
  servers.push(server);
  clients.push(client);
  const kill = async (): Promise<void> => {
    await server.kill9();
    await client.close();
  };
  return { dataDir, client, kill };
}

async function reserve(
  client: ApiClient,
  userId: string,
  seatIds: readonly string[],
): Promise<ReservationBody> {
  const { status, body } = await client.post<ReservationBody>(WISH, { userId, seatIds });
  expect(status).toBe(201);
  return body;
}

function act(client: ApiClient, { id, userId }: ReservationBody, what: string) {
  return client.post<ReservationBody>(`/v1/reservations/${id}/${what}`, { userId });
}

/** All that can be read, but for the list's cursor, and the count of refusals: the last second of those may be lost. */
async function everything(client: ApiClient) {
  const users = ['ada', 'bob', 'cy', 'di'];
  const [event, seats, log, stats, ...histories] = await Promise.all([
    client.get('/v1/events/default'),
    client.get<SeatListBody>('/v1/events/default/seats'),
    client.log('default'),
    client.get<{ conflicts: number }>('/v1/events/default/stats'),
    ...users.map((user) => client.get<PageBody<ReservationBody>>(`/v1/users/${user}/reservations`)),
  ]);
  const oneSeat = await client.get<SeatBody>('/v1/events/default/seats/M10');
  return {
    event: event.body,
    seats: seats.body.data,
    log,
    stats: { ...stats.body, conflicts: 0 },
    histories: histories.map(({ body }) => body),
    oneSeat: oneSeat.body,
  };
}

function heldBy({ body }: { readonly body: ReservationBody }) {
  return (seatId: string) => ({ seatId, status: 'reserved', expiresAt: body.expiresAt });
}

/** Asks for the seat, for somebody else each time, until it is had. The server's clock is ours. */
async function pollForSeat(
  client: ApiClient,
  seatId: string,
  { expiresAt }: ReservationBody,
): Promise<{ refusals: number; taken: ReservationBody }> {
  for (let refusals = 0; ; refusals += 1) {
    const userId = `${seatId}-${refusals}`;
    const askedAt = Date.now();
    const { status, body } = await client.post<ReservationBody>(WISH, {
      userId,
      seatIds: [seatId],
    });
    if (status === 201) return { refusals, taken: body };
    expect(status).toBe(409);
    expect(askedAt).toBeLessThan(Date.parse(expiresAt));
  }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
}
