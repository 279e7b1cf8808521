/** Every case of the corpus against the real server, all at once: each client has an address of its own. */
import { beforeAll, describe, expect, test } from 'vitest';
import { ApiClient } from '../support/api-client.js';
import { runHoldfast } from '../support/server.js';
import { CORPUS } from './corpus/corpus.js';
import { SMUGGLED_EVENT } from './corpus/hostile-case.js';
import { HonestClient } from './support/honest-client.js';
import { TargetServer } from './support/target-server.js';
import { type CaseOutcome, isRight, tryCase } from './support/try-case.js';

const ALL_MS_MAX = 60_000;

/** By group and case. */
type Outcomes = ReadonlyMap<string, CaseOutcome>;

async function tryAll(port: number, groups: typeof CORPUS): Promise<Outcomes> {
  const named = Object.entries(groups).flatMap(([group, cases]) =>
    cases.map((hostile) => ({ name: `${group}: ${hostile.says}`, hostile })),
  );
  const outcomes = named.map(async ({ name, hostile }, index) => {
    const from = `127.1.${index >> 8}.${index & 255}`;
    return [name, await tryCase(hostile, { port, from })] as const;
  });
  return new Map(await Promise.all(outcomes));
}

/** What uWebSockets lets through, and the gateway does not. */
const SMUGGLED_THROUGH = [
  'smuggling: a shorter length and the right one',
  'smuggling: two lengths that agree',
  'smuggling: an empty encoding and a length',
  'chunks: a trailer that would be a request, behind a GET',
  'chunks: two bytes of anything for the end of a chunked GET, and a request',
];

let server: TargetServer;
let outcomes: Outcomes;
let complaints = '';
let bare: Outcomes;

// Most of the time is uWebSockets' patience with slow clients, so all of it is spent at once.
beforeAll(async () => {
  [outcomes, bare] = await Promise.all([mistreat(), mistreatBare()]);
}, ALL_MS_MAX);

async function mistreat(): Promise<Outcomes> {
  server = await TargetServer.start();
  const all = await tryAll(server.port, CORPUS);
  complaints = server.complaints;
  return all;
}

async function mistreatBare(): Promise<Outcomes> {
  const { smuggling = [], chunks = [] } = CORPUS;
  const broken = await TargetServer.start({ broken: 'bare' });
  const all = await tryAll(broken.port, { smuggling, chunks });
  await broken.stop();
  return all;
}

describe('the corpus', () => {
  test('has 150 cases and more, each of a name of its own', () => {
    const count = Object.values(CORPUS).reduce((sum, cases) => sum + cases.length, 0);
    expect(count).toBeGreaterThanOrEqual(150);
    expect(outcomes.size).toBe(count);
  });

  describe.each(Object.entries(CORPUS))('%s', (group, cases) => {
    test.each(cases)('$says: $expect', ({ says }) => {
      const outcome = outcomes.get(`${group}: ${says}`);
      const { answered, expected } = outcome ?? { answered: 'nothing', expected: '' };
      expect(expected.split(' | ')).toContain(answered);
    });
  });

  test('and after it the server has taken nothing for what it was not, and serves', async () => {
    expect([server.ending, complaints]).toEqual([undefined, '']);
    const api = new ApiClient(server.url, 4);
    expect((await api.get(`/v1/events/${SMUGGLED_EVENT}`)).status).toBe(404);
    const honest = await HonestClient.of(api);
    for (let count = 0; count < 10; count += 1) await honest.round();
    await honest.check();
    const metrics = String((await api.get('/metrics')).body);
    expect(metrics).toMatch(/^holdfast_http_requests_in_flight [01]$/m);
    expect(Number(/^holdfast_http_connections (\d+)$/m.exec(metrics)?.[1])).toBeLessThanOrEqual(4);
    await api.close();
    expect(await server.stop()).toBe('0');
    const verified = await runHoldfast(['verify'], { HOLDFAST_DATA_DIR: server.dataDir });
    expect(verified).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('control: uWebSockets alone', () => {
  test.each(SMUGGLED_THROUGH)('takes for a request what is in a body: %s', (name) => {
    expect(bare.get(name)).toSatisfy((outcome: CaseOutcome) => !isRight(outcome));
  });
});
