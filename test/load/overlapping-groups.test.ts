/** Sixty users who want overlapping groups of a small hall, over three shards, all the time. */
import { afterEach, describe, expect, it } from 'vitest';
import { Random } from '../simulation/random.js';
import type { EventBody, SeatBody, SeatListBody } from '../support/api-bodies.js';
import { ApiClient } from '../support/api-client.js';
import { ClientBook } from '../support/client-book.js';
import { Crowd, type Step, type Wish } from '../support/crowd.js';
import { judge } from '../support/judgement.js';
import { countFault, listFault, WholeHolds } from '../support/seat-reading.js';
import { startServer, type TestServer } from '../support/server.js';
import { countParameter, testSeed } from '../support/test-parameters.js';

const USERS = countParameter('GROUP_USERS', 60);
const WISHES = countParameter('GROUP_WISHES', 40);
const ROWS = 20;
const SEATS_PER_ROW = 10;
const SEATS = ROWS * SEATS_PER_ROW;
const HOLD_MS = 300;
const STEPS: readonly Step[] = [
  ...(['confirm', 'confirm', 'refund', 'cancel', 'cancel'] as const),
  ...(['release', 'extend', 'leave'] as const),
];

const clients: ApiClient[] = [];
const servers: TestServer[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await Promise.all(servers.splice(0).map((server) => server.kill9()));
});

describe(`${USERS} users with overlapping groups, over three shards`, () => {
  it.each([{ gateways: '1' }, { gateways: '2' }])(
    'hold all of a group or nothing, never two of them one seat, and the counts add up: $gateways gateways',
    {
      timeout: 60_000,
    },
    async ({ gateways }) => {
      const random = new Random(testSeed());
      const client = await openHall(gateways);
      const book = new ClientBook();
      const crowd = new Crowd({
        client,
        eventId: 'hall',
        holdMs: HOLD_MS,
        random,
        book,
        wish: groupOf,
        steps: STEPS,
        keyed: 0.2,
      });
      const watch = new Watch(client);
      const watching = watch.untilStopped();
      await crowd.run(USERS, WISHES);
      watch.stop();
      await watching;

      expect(crowd.surprises).toEqual([]);
      expect(crowd.counts.reserved).toBeGreaterThan(USERS);
      expect(crowd.counts.refused).toBeGreaterThan(USERS);
      await expectOneStory(client, book, watch);
    },
  );
});

async function openHall(gateways: string): Promise<ApiClient> {
  const server = await startServer({
    env: {
      HOLDFAST_SHARDS: '3',
      HOLDFAST_GATEWAYS: gateways,
      HOLDFAST_HOLD_SECONDS: String(HOLD_MS / 1000),
    },
  });
  servers.push(server);
  const client = new ApiClient(server.url, USERS + 4);
  clients.push(client);
  const rows = Array.from({ length: ROWS }, (_, index) => ({
    name: `${index + 1}-`,
    seats: SEATS_PER_ROW,
  }));
  const made = await client.post('/v1/events', {
    id: 'hall',
    name: 'Hall',
    sections: [{ name: 'Stalls', rows }],
  });
  expect(made.status).toBe(201);
  await client.untilEverywhere('/v1/events/hall');
  return client;
}

/** 1..6 seats: next to each other, or anywhere, or the best there are. */
function groupOf(random: Random): Wish {
  const size = 1 + random.below(6);
  if (random.chance(0.15)) return { quantity: size, adjacent: random.chance(0.7) };
  const first = random.below(SEATS);
  const places = random.chance(0.5)
    ? Array.from({ length: size }, (_, index) => (first + index) % SEATS)
    : [...new Set(Array.from({ length: size }, () => random.below(SEATS)))];
  return { seatIds: places.map(labelOf) };
}

function labelOf(place: number): string {
  return `${Math.floor(place / SEATS_PER_ROW) + 1}-${(place % SEATS_PER_ROW) + 1}`;
}

/** Reads the event and its seats over and over, and keeps what it read. */
class Watch {
  readonly faults: string[] = [];
  readonly lists: (readonly SeatBody[])[] = [];
  readonly #client: ApiClient;
  #isStopped = false;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  stop(): void {
    this.#isStopped = true;
  }

  async untilStopped(): Promise<void> {
    while (!this.#isStopped) await this.#read();
  }

  async #read(): Promise<void> {
    const [event, list] = await Promise.all([
      this.#client.get<EventBody>('/v1/events/hall'),
      this.#client.get<SeatListBody>('/v1/events/hall/seats'),
    ]);
    const found = [countFault(event.body, SEATS), listFault(list.body, SEATS)];
    this.faults.push(...found.filter((fault) => fault !== undefined));
    this.lists.push(list.body.data);
  }
}

/** What users were told, what the watch saw, and what is to be seen in the end are all what the log says. */
async function expectOneStory(client: ApiClient, book: ClientBook, watch: Watch): Promise<void> {
  const { faults, history } = await judge({ client, eventId: 'hall', book, totalSeats: SEATS });
  expect(faults).toEqual([]);
  expect(watch.faults).toEqual([]);
  expect(watch.lists.length).toBeGreaterThan(10);
  const holds = new WholeHolds(history);
  expect(watch.lists.flatMap((seats) => holds.faults(seats))).toEqual([]);
}
