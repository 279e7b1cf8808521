import { spawn } from 'node:child_process';
import { once } from 'node:events';
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
    expect(statuses.filter((status) => status === 201)).toHaveLength(10);
    expect(statuses.filter((status) => status !== 201 && status !== 409 && status !== 503)).toEqual(
      [],
    );
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

  it('ends with code 1 and a last word when a commit fails, and answers nothing that is not on disk', async () => {
    const dataDir = temporaryDir();
    const { status, acknowledged, stderr } = await fillTheDisk(dataDir);
    expect(status).toBe(1);
    expect(JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      level: 60,
      thread: 'main',
      msg: expect.stringMatching(/^store has died: .*commit/),
    });
    const again = await start({ dataDir });
    expect(acknowledged).toBeGreaterThan(0);
    expect(Number(/recovered=(\d+)/.exec(again.readyLine)?.[1])).toBeGreaterThanOrEqual(
      acknowledged,
    );
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

/** A server that may write files of 1 MiB at most, and buyers until it can no more. */
async function fillTheDisk(dataDir: string) {
  const server = spawn(
    'bash',
    ['-c', `ulimit -f 1024; exec '${process.execPath}' dist/main.js serve`],
    {
      env: {
        ...process.env,
        HOLDFAST_PORT: '0',
        HOLDFAST_DATA_DIR: dataDir,
        HOLDFAST_LOG_LEVEL: 'warn',
        HOLDFAST_DEFAULT_ROWS: '26',
        HOLDFAST_DEFAULT_SEATS_PER_ROW: '1000',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let stderr = '';
  server.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(server, 'close');
  const [ready] = await once(server.stdout.setEncoding('utf8'), 'data');
  const url = /http:\S+/.exec(String(ready))?.[0] ?? '';
  let acknowledged = 0;
  try {
    for (let seat = 1; seat <= 26_000; seat += 16) {
      const seats = Array.from({ length: 16 }, (_, index) => String(seat + index));
      const statuses = await Promise.all(seats.map((each) => reserve({ url }, each)));
      acknowledged += statuses.filter((status) => status === 201).length;
    }
  } catch {
    // It has ended.
  }
  const [status] = await ended;
  return { status, acknowledged, stderr };
}
