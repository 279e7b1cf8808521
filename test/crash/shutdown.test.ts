/** SIGTERM and SIGINT (API §7): not ready any more, finish what is in flight, exit with 0, leave the port and the data to the next. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { probePort } from '../../src/threads/port-probe.js';
import { Random } from '../simulation/random.js';
import { ApiClient } from '../support/api-client.js';
import { ClientBook } from '../support/client-book.js';
import { Crowd, type Step } from '../support/crowd.js';
import { judge } from '../support/judgement.js';
import { runHoldfast, startServer, type TestServer } from '../support/server.js';
import { testSeed } from '../support/test-parameters.js';

const TIMEOUT_MS = 60_000;
const SEATS = 400;
const STEPS: readonly Step[] = ['confirm', 'cancel', 'release', 'extend', 'leave'];

const servers: TestServer[] = [];
const clients: ApiClient[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await Promise.all(servers.splice(0).map((server) => server.kill9()));
});

async function start(
  env: Readonly<Record<string, string>> = {},
  dataDir?: string,
): Promise<{ server: TestServer; client: ApiClient }> {
  const server = await startServer(dataDir === undefined ? { env } : { env, dataDir });
  const client = new ApiClient(server.url, 32);
  servers.push(server);
  clients.push(client);
  return { server, client };
}

describe('an orderly end', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s: readyz says 503, what had begun is finished, and the exit code is 0',
    async (signal) => {
      // The port is named from the beginning, as by those who restart on it: the system keeps one that it chose itself.
      const env = { HOLDFAST_PORT: String(await probePort('127.0.0.1', 0)) };
      const { server } = await start({ ...env, HOLDFAST_SHARDS: '2' });
      const begun = await openSocket(server);
      const asking = await openSocket(server);
      const body = JSON.stringify({ userId: 'ada', seatIds: ['A1', 'J10'] });
      begun.write(`${head('POST', '/v1/events/default/reservations', body.length)}${body[0]}`);
      // Its answer shows that the server has read the beginning of the other.
      expect(await ask(asking, head('GET', '/readyz'))).toMatch(/^HTTP\/1\.1 200 /);

      server.process.kill(signal);
      const unready = await readyzUntilUnready(asking);
      expect(unready).toContain('"code":"shutting_down"');
      expect(unready).toMatch(/^Retry-After: [1-9]/im);
      const answer = await ask(begun, body.slice(1));
      expect(answer).toMatch(/^HTTP\/1\.1 201 /);
      expect(await server.ended).toEqual({ code: 0, signal: null });
      expect(server.stderr()).toBe('');

      const again = await start(env, server.dataDir);
      expect(again.server.port).toBe(server.port);
      const seat = await again.client.get('/v1/events/default/seats/J10');
      expect(seat.body).toMatchObject({ status: 'reserved', holder: { userId: 'ada' } });
    },
    TIMEOUT_MS,
  );

  it(
    'under load every request is answered or was not begun, and nothing acknowledged is lost',
    async () => {
      const random = new Random(testSeed());
      const env = { HOLDFAST_SHARDS: '3' };
      const { server, client } = await start(env);
      await client.post('/v1/events', { id: 'gala', name: 'Gala', totalSeats: SEATS });
      const book = new ClientBook();
      const crowd: Crowd = new Crowd({
        client,
        eventId: 'gala',
        holdMs: 300_000,
        random,
        book,
        wish: () => ({ seatIds: [String(1 + random.below(SEATS))] }),
        steps: STEPS,
        laterCodes: ['shutting_down'],
        onAnswer: () => {
          if (crowd.acknowledged === 100) server.process.kill('SIGTERM');
        },
      });
      await crowd.run(32);
      expect(await server.ended).toEqual({ code: 0, signal: null });
      expect(crowd.surprises).toEqual([]);
      const { dataDir } = server;
      expect(await runHoldfast(['verify'], { HOLDFAST_DATA_DIR: dataDir })).toMatchObject({
        code: 0,
      });
      const again = await start(env, dataDir);
      const { faults } = await judge({
        client: again.client,
        eventId: 'gala',
        book,
        totalSeats: SEATS,
      });
      expect(faults).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

async function openSocket({ port }: TestServer): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').setEncoding('latin1');
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

function head(method: string, path: string, contentLength?: number): string {
  const body =
    contentLength === undefined
      ? ''
      : `Content-Type: application/json\r\nContent-Length: ${contentLength}\r\n`;
  return `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${body}\r\n`;
}

/** Writes, and resolves with the first of what comes back: these answers are small. */
async function ask(socket: Socket, text: string): Promise<string> {
  const over = new AbortController();
  const { signal } = over;
  const closed = once(socket, 'close', { signal }).then(() => {
    throw new Error('closed without an answer');
  });
  socket.write(text);
  const [data] = await Promise.race([once(socket, 'data', { signal }), closed]);
  over.abort();
  return String(data);
}

/** The signal takes a moment to be heard. */
async function readyzUntilUnready(socket: Socket): Promise<string> {
  for (let tries = 0; tries < 10_000; tries += 1) {
    const answer = await ask(socket, head('GET', '/readyz'));
    if (answer.startsWith('HTTP/1.1 503 ')) return answer;
  }
  throw new Error('readyz has never said 503');
}
