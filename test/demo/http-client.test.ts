import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { HttpClient } from '../../src/demo/http-client.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server that answers the n-th request as the n-th handler says, and all requests it got. */
async function serve(handlers: readonly Handler[]) {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    handlers[seen.length - 1]?.(request.resume(), response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  closing.push(() => server.close().closeAllConnections());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { origin: `http://127.0.0.1:${address.port}`, seen };
}

function say(status: number, body: object): Handler {
  return (_, response) => response.writeHead(status).end(JSON.stringify(body));
}

const hangUp: Handler = (request) => request.socket.destroy();

it('asks again, as the same request, when the connection breaks or the server is busy', async () => {
  const { origin, seen } = await serve([
    hangUp,
    say(503, { code: 'overloaded' }),
    say(201, { id: 'rsv_1' }),
  ]);
  const client = new HttpClient({ origin, socketsMax: 1 });
  closing.push(() => client.close());
  expect(await client.post('/v1/x', { userId: 'ada' })).toEqual({
    ok: true,
    value: { id: 'rsv_1' },
  });
  const keys = seen.map(({ headers }) => headers['idempotency-key']);
  expect(keys).toHaveLength(3);
  expect(new Set(keys).size).toBe(1);
  expect(keys[0]).toMatch(/^[\w-]{36}$/);
  expect(client.requestCount).toBe(3);
});

it('hands a refusal on at once, counts it, and keeps its connection', async () => {
  const refuse = say(409, { code: 'sold_out' });
  const { origin, seen } = await serve([refuse, refuse]);
  const client = new HttpClient({ origin, socketsMax: 1, bearer: 'key' });
  closing.push(() => client.close());
  expect(await client.get('/v1/x')).toEqual({ ok: false, code: 'sold_out' });
  expect(await client.get('/v1/x')).toEqual({ ok: false, code: 'sold_out' });
  expect([...client.refusals]).toEqual([['sold_out', 2]]);
  expect(seen[0]?.headers.authorization).toBe('Bearer key');
  expect(seen[1]?.socket).toBe(seen[0]?.socket);
});

it('lets go of what is in flight when it is told to', async () => {
  const { origin, seen } = await serve([() => undefined]);
  const home = new AbortController();
  const client = new HttpClient({ origin, socketsMax: 1, signal: home.signal });
  const asked = client.get('/v1/x');
  await expect.poll(() => seen.length).toBe(1);
  home.abort();
  await expect(asked).rejects.toThrow('aborted');
});
