import { afterEach, describe, expect, it } from 'vitest';
import {
  runHoldfast,
  type ServerOptions,
  startServer,
  type TestServer,
} from '../support/server.js';
import { temporaryDir } from '../support/temporary-dir.js';

const running: TestServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.kill9()));
});

async function start(options: ServerOptions = {}): Promise<TestServer> {
  const server = await startServer(options);
  running.push(server);
  return server;
}

describe('the process', () => {
  it('says in one line that it can serve', async () => {
    const { readyLine, url } = await start({ env: { HOLDFAST_SHARDS: '2' } });
    expect(readyLine).toMatch(
      /^holdfast ready on http:\/\/127\.0\.0\.1:\d+ \(shards=2 gateways=1 events=1 seats=100 recovered=0 in \d+ ms\)$/,
    );
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });

  it('ends with code 0 and without complaint at SIGTERM, and answers what it had begun', async () => {
    const server = await start();
    const asked = Array.from({ length: 40 }, (_, index) =>
      reserve(server, `A${(index % 10) + 1}`, `user-${index}`),
    );
    await Promise.any(asked);
    const ending = await server.stop();
    expect(ending).toEqual({ code: 0, signal: null });
    expect(server.stderr()).toBe('');
    const answers = await Promise.allSettled(asked);
    const statuses = answers.map((answer) =>
      answer.status === 'fulfilled' ? answer.value : 'refused',
    );
    // What had not arrived when the signal came is refused, one way or the other; how much that is, is the machine's affair.
    const taken = statuses.filter((status) => status === 201).length;
    expect(taken).toBeGreaterThanOrEqual(1);
    expect(taken).toBeLessThanOrEqual(10);
    expect(statuses.filter((status) => ![201, 409, 503, 'refused'].includes(status))).toEqual([]);
  });

  it('takes a signal that comes twice at once for one', async () => {
    const server = await start();
    server.process.kill('SIGINT');
    server.process.kill('SIGINT');
    expect(await server.ended).toEqual({ code: 0, signal: null });
  });

  it('has every acknowledged reservation after kill -9', async () => {
    const first = await start();
    const statuses = await Promise.all(['A1', 'B2', 'C3'].map((seatId) => reserve(first, seatId)));
    expect(statuses).toEqual([201, 201, 201]);
    await first.kill9();
    const second = await start({ dataDir: first.dataDir, env: { HOLDFAST_SHARDS: '3' } });
    expect(second.readyLine).toContain('recovered=3');
    expect(await reserve(second, 'B2', 'bob')).toBe(409);
  });

  it('names the port that another server has, and ends with code 1', async () => {
    const { port } = await start();
    const second = await runHoldfast(['serve'], {
      HOLDFAST_PORT: String(port),
      HOLDFAST_DATA_DIR: temporaryDir(),
    });
    expect(second.code).toBe(1);
    expect(second.stderr.trimEnd().split('\n')).toEqual([expect.stringContaining(`port ${port}`)]);
  });

  it('will not share a data directory', async () => {
    const { dataDir } = await start();
    const second = await runHoldfast(['serve'], { HOLDFAST_PORT: '0', HOLDFAST_DATA_DIR: dataDir });
    expect(second.code).toBe(1);
    expect(second.stderr.trimEnd().split('\n')).toEqual([expect.stringContaining(dataDir)]);
  });
});

async function reserve(
  { url }: Pick<TestServer, 'url'>,
  seatId: string,
  userId = 'ada',
): Promise<number> {
  const answer = await fetch(`${url}/v1/events/default/reservations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userId, seatIds: [seatId] }),
  });
  await answer.arrayBuffer();
  return answer.status;
}
