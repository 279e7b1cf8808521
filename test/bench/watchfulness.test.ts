/** The benches notice servers that are wrong: each check is seen to pass an honest server and to fail one that is not. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

/** What of the benches' own modules is used here; their docstrings say so. */
interface ContestModule {
  contest(
    contenders: readonly unknown[],
    workload: unknown,
    options: unknown,
  ): Promise<{ requestsPerSecond: number }[][]>;
}
interface NodeLoadModule {
  runLoadProcess(script: string, plan: object): Promise<{ soldParties: number; oversales: number }>;
  runNodeLoad(plan: object): Promise<{ requests: number; socketErrors: number }>;
}

const SEATS = 1_000;
const { contest } = (await import(moduleUrl('contest.mjs'))) as ContestModule;
const { runLoadProcess, runNodeLoad } = (await import(
  moduleUrl('load/node-load.mjs')
)) as NodeLoadModule;

const REQUESTS = {
  path: '/v1/events/{event}/reservations',
  body: '{"userId":"buyer-{user}","seatIds":[{seats}]}',
  eventPrefix: 'bench-',
  eventCount: 1,
  seatsPerEvent: SEATS,
  seatsPerRequest: 1,
  users: 10,
};

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

describe('a contest', () => {
  it('passes a server that holds what it answered', async () => {
    const [heats] = await contestOf(await SeatServer.start('honest'));
    expect(heats).toHaveLength(1);
  });

  it('fails one that gives seats away twice', async () => {
    const server = await SeatServer.start('generous');
    await expect(contestOf(server)).rejects.toThrow(
      /seats are taken, but reservations of \d+ were/,
    );
  });
});

describe('the crowd of an on-sale', () => {
  it('buys every seat of an honest server, none twice', async () => {
    const server = await SeatServer.start('honest');
    expect(await crowdAt(server.url)).toMatchObject({ soldParties: SEATS / 2, oversales: 0 });
  });

  it('notices seats that are sold twice', async () => {
    const server = await SeatServer.start('generous');
    const { oversales } = await crowdAt(server.url);
    expect(oversales).toBeGreaterThan(0);
  });
});

describe('a connection of the crowd', () => {
  /** One party, which somebody holds for longer than the crowd is there: nobody has anything to say. */
  const plan = { seats: 2, buyers: 4, abandonPercent: 100, holdSeconds: 9, msMax: 3_000 };

  it('is opened anew before the server closes it', async () => {
    const { url } = await SeatServer.start('honest', { keepAliveMs: 400 });
    expect(await crowdAt(url, { ...plan, idleMs: 100 })).toMatchObject({ soldParties: 0 });
  });

  it('fails the crowd when the server closes it', async () => {
    const { url } = await SeatServer.start('honest', { keepAliveMs: 400 });
    await expect(crowdAt(url, { ...plan, idleMs: 10_000 })).rejects.toThrow(/ended with/);
  });
});

describe('an open loop', () => {
  it('sends whatever was due, also by a server that stood still meanwhile', async () => {
    const { url } = await SeatServer.start('honest', { firstAnswerMs: 700 });
    const load = { url, requests: REQUESTS, first: 0, connections: 1, ms: 500 };
    const report = await runNodeLoad({ ...load, requestsMax: SEATS, perSecond: 400 });
    expect(report).toMatchObject({ requests: 200, socketErrors: 0 });
  });
});

/** A seat-reservation server as small as can be; a generous one gives every seat to whoever asks. */
class SeatServer {
  url = '';
  created = 0;
  readonly taken = new Set<string>();
  #isStill: boolean;

  private constructor(
    readonly kind: 'honest' | 'generous',
    readonly firstAnswerMs: number,
  ) {
    this.#isStill = firstAnswerMs > 0;
  }

  static async start(
    kind: 'honest' | 'generous',
    { firstAnswerMs = 0, keepAliveMs = 60_000 } = {},
  ) {
    const server = new SeatServer(kind, firstAnswerMs);
    const http = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      const { status, text } = server.#answer(request.url ?? '', body);
      const send = (): void => {
        response.writeHead(status, { 'Content-Length': text.length }).end(text);
      };
      if (server.#isStill) setTimeout(send, firstAnswerMs);
      else send();
      server.#isStill = false;
    });
    http.keepAliveTimeout = keepAliveMs;
    await new Promise<void>((resolve) => {
      http.listen(0, '127.0.0.1', resolve);
    });
    closers.push(() => {
      http.close();
      http.closeAllConnections();
    });
    server.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`; // it listens on TCP
    return server;
  }

  #answer(path: string, body: string): { status: number; text: string } {
    if (path.endsWith('/confirm')) return { status: 200, text: '{}' };
    const { seatIds } = JSON.parse(body) as { seatIds: string[] }; // the load's own
    const isFree = seatIds.every((seat) => !this.taken.has(seat));
    if (!isFree && this.kind === 'honest') return { status: 409, text: '{}' };
    for (const seat of seatIds) this.taken.add(seat);
    this.created += 1;
    return { status: 201, text: '{"id":"rsv_1"}' };
  }
}

/** Half a second's load of requests that go round the seats: an honest server is given fewer than it has. */
function contestOf(server: SeatServer): Promise<{ requestsPerSecond: number }[][]> {
  const isHonest = server.kind === 'honest';
  const contender = {
    name: server.kind,
    start: async () => ({
      url: server.url,
      cpuMs: () => 0,
      requests: { ...REQUESTS, seatsPerEvent: isHonest ? 1_000_000 : 10 },
      statuses: [201],
      answered: async () => ({ 201: server.created }),
      taken: async () => server.taken.size,
      stop: async () => undefined,
      abandon: () => undefined,
    }),
  };
  const options = { rounds: 1, connections: 2, seconds: 1, warmUpSeconds: 0, generator: 'node' };
  return contest([contender], { requests: { seatsPerRequest: 1 } }, options);
}

function crowdAt(
  url: string,
  plan: object = {},
): Promise<{ soldParties: number; oversales: number }> {
  return runLoadProcess(fileURLToPath(moduleUrl('load/on-sale-crowd.mjs')), {
    url,
    eventId: 'bench-0',
    seats: SEATS,
    partySeats: 2,
    buyers: 2_000,
    abandonPercent: 0,
    holdSeconds: 1,
    connections: 4,
    idleMs: 4_000,
    msMax: 60_000,
    ...plan,
  });
}

function moduleUrl(path: string): string {
  return new URL(`../../bench/${path}`, import.meta.url).href;
}
