/**
 * A disk that takes no more: the process ends at once with code 1 and a last word, and what it had acknowledged is there when
 * the disk has room again. The disk is full for the server alone: the size of its files is limited while it runs.
 */
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Random } from '../simulation/random.js';
import { ApiClient } from '../support/api-client.js';
import { ClientBook } from '../support/client-book.js';
import { Crowd, type Step } from '../support/crowd.js';
import { judge } from '../support/judgement.js';
import { type Ending, runHoldfast, startServer, type TestServer } from '../support/server.js';
import { testSeed } from '../support/test-parameters.js';

const EVENT = 'gala';
const SEATS = 2_000;
const USERS = 32;
/** The disk is full when so much was acknowledged. */
const ACKNOWLEDGED = 200;
const STEPS: readonly Step[] = ['confirm', 'cancel', 'release', 'extend', 'leave'];

const clients: ApiClient[] = [];
const servers: TestServer[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await Promise.all(servers.splice(0).map((server) => server.kill9()));
});

async function start(dataDir?: string): Promise<{ server: TestServer; client: ApiClient }> {
  const env = { HOLDFAST_SHARDS: '2' };
  const server = await startServer(dataDir === undefined ? { env } : { env, dataDir });
  const client = new ApiClient(server.url, USERS);
  servers.push(server);
  clients.push(client);
  return { server, client };
}

describe('a commit that fails', () => {
  it.each([
    { full: 'its file cannot grow', bytesMax: dataBytes },
    { full: 'nothing can be written', bytesMax: () => 0 },
  ])(
    'ends the process, and nothing that was acknowledged is lost: $full',
    {
      timeout: 60_000,
    },
    async ({ bytesMax }) => {
      const random = new Random(testSeed());
      const { server, client } = await start();
      const made = await client.post('/v1/events', { id: EVENT, name: 'Gala', totalSeats: SEATS });
      expect(made.status).toBe(201);
      const book = new ClientBook();
      const crowd: Crowd = new Crowd({
        client,
        eventId: EVENT,
        holdMs: 300_000,
        random,
        book,
        wish: () => ({ seatIds: seatsOf(random) }),
        steps: STEPS,
        laterCodes: ['storage_failed', 'shutting_down'],
        onAnswer: () => {
          if (crowd.acknowledged === ACKNOWLEDGED) limitFiles(server, bytesMax(server.dataDir));
        },
      });
      await crowd.run(USERS);
      const ending = await server.ended;

      if (!isTornByLmdb(ending, server.stderr())) expect(ending).toEqual({ code: 1, signal: null });
      expect(lastLine(server.stderr())).toMatchObject({
        level: 60,
        msg: expect.stringMatching(/store has died: .*commit/),
      });
      expect(crowd.surprises).toEqual([]);
      expect(crowd.acknowledged).toBeGreaterThanOrEqual(ACKNOWLEDGED);
      const { dataDir } = server;
      expect(await runHoldfast(['verify'], { HOLDFAST_DATA_DIR: dataDir })).toMatchObject({
        code: 0,
      });
      const again = await start(dataDir);
      const { faults } = await judge({
        client: again.client,
        eventId: EVENT,
        book,
        totalSeats: SEATS,
      });
      expect(faults).toEqual([]);
    },
  );
});

/** What the server's largest file has now. */
function dataBytes(dataDir: string): number {
  return statSync(join(dataDir, 'data.mdb')).size;
}

/** As a full disk does to all: a write beyond it fails. */
function limitFiles({ process: { pid } }: TestServer, bytesMax: number): void {
  execFileSync('prlimit', [`--fsize=${bytesMax}:`, '--pid', String(pid)]);
}

/**
 * lmdb 3.5.6 composes its complaint about a write that failed in a buffer of 100 bytes that may be too short (`mdb_page_flush`),
 * and the heap is no longer whole. The last word has been said then, and nothing was written; but as the threads are put away
 * glibc may notice, and end the process in its own way.
 */
function isTornByLmdb({ signal }: Ending, stderr: string): boolean {
  return stderr.includes('Write error: ') && (signal === 'SIGABRT' || signal === 'SIGSEGV');
}

/** The last line of the log. */
function lastLine(stderr: string): unknown {
  const lines = stderr.split('\n').filter((line) => line.startsWith('{'));
  return JSON.parse(lines.at(-1) ?? 'null');
}

function seatsOf(random: Random): string[] {
  const first = 1 + random.below(SEATS - 3);
  const size = 1 + random.below(3);
  const far = String(1 + random.below(SEATS));
  const near = Array.from({ length: size }, (_, index) => String(first + index));
  return random.chance(0.3) && !near.includes(far) ? [...near, far] : near;
}
