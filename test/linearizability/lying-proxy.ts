/** Stands between clients and a server that is right, and makes of it one that is not: the controls of the checker. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';
import type { ReservationBody } from '../support/api-bodies.js';

interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

type Forward = (request: Request) => Promise<Answer>;

/** What the clients are told. @param forward asks the server */
export type Lie = (request: Request, forward: Forward) => Promise<Answer>;

/** One in so many requests that could be lied about. */
const ONE_IN = 15;

export const LIES: Readonly<Record<string, () => Lie>> = {
  'a reserve is acknowledged and has no effect': () =>
    sometimes(
      ({ method, path }) => method === 'POST' && path.endsWith('/reservations'),
      async (request, forward) => {
        const answer = await forward(request);
        if (answer.status !== 201) return answer;
        const { id, userId } = JSON.parse(answer.body) as ReservationBody; // a reserve's yes (API §3)
        const path = `/v1/reservations/${id}/cancel`;
        await forward({
          ...request,
          headers: JSON_HEADERS,
          path,
          body: JSON.stringify({ userId }),
        });
        return answer;
      },
    ),
  'a cancel is acknowledged and never done': () =>
    sometimes(
      ({ path }) => path.endsWith('/cancel'),
      async (request, forward) => {
        const path = request.path.slice(0, -'/cancel'.length);
        const { status, body } = await forward({ ...request, method: 'GET', path, body: '' });
        const reservation = JSON.parse(body) as ReservationBody; // its record (API §3)
        if (reservation.status !== 'reserved') return forward(request);
        return { status, body: JSON.stringify({ ...reservation, status: 'cancelled' }) };
      },
    ),
  'an old answer is given again': () => {
    const old = new Map<string, Answer>();
    const isReading = ({ method, path }: Request) => method === 'GET' && path.includes('/seats');
    const lie = sometimes(isReading, async (request, forward) => {
      return old.get(request.path) ?? forward(request);
    });
    return async (request, forward) => {
      const answer = await lie(request, forward);
      if (isReading(request) && !old.has(request.path)) old.set(request.path, answer);
      return answer;
    };
  },
};

const JSON_HEADERS = { 'content-type': 'application/json' };

/** Tells a lie every so often where it is one of these, and the truth else. */
function sometimes(isLiedAbout: (request: Request) => boolean, lie: Lie): Lie {
  let count = 0;
  return (request, forward) => {
    if (!isLiedAbout(request)) return forward(request);
    count += 1;
    return count % ONE_IN === 0 ? lie(request, forward) : forward(request);
  };
}

/** Listens on a free port of its own. @param url the server that it speaks for */
export async function startLyingProxy(url: string, lie: Lie) {
  const pool = new Pool(url, { connections: 64 });
  const forward: Forward = async ({ method, path, headers, body }) => {
    const sent = body === '' ? null : body;
    const reply = await pool.request({
      method: method as 'GET' | 'POST',
      path,
      headers,
      body: sent,
    });
    return { status: reply.statusCode, body: await reply.body.text() };
  };
  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing, (request) => lie(request, forward)).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // of a server that listens on a port
  return {
    url: `http://127.0.0.1:${port}`,
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await pool.destroy();
    },
  };
}

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  ask: (request: Request) => Promise<Answer>,
): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece);
  const { method = 'GET', url: path = '/', headers } = incoming;
  const key = headers['idempotency-key'];
  const isKeyed = typeof key === 'string';
  const type = method === 'POST' ? JSON_HEADERS : {};
  const { status, body } = await ask({
    method,
    path,
    headers: isKeyed ? { ...type, 'idempotency-key': key } : type,
    body: Buffer.concat(pieces).toString(),
  });
  outgoing.writeHead(status, JSON_HEADERS).end(body);
}
