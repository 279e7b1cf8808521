import { afterEach, describe, expect, it } from 'vitest';
import { probePort } from '../../src/threads/port-probe.js';
import type { RunningHoldfast } from '../../src/threads/supervisor.js';
import { startInProcess } from '../support/in-process.js';
import { temporaryDir } from '../support/temporary-dir.js';

const SEATS = 4000;
const running: RunningHoldfast[] = [];

afterEach(async () => {
  for (const holdfast of running.splice(0)) await holdfast.close();
});

async function start(env: Record<string, string> = {}): Promise<RunningHoldfast> {
  const holdfast = await startInProcess(env);
  running.push(holdfast);
  return holdfast;
}

describe('the supervisor', () => {
  it('brings a killed shard back, and every acknowledged reservation with it', async () => {
    const holdfast = await start({ HOLDFAST_SHARDS: '2' });
    const buyers = new Buyers(holdfast);
    await buyers.openEvent();
    const buying = buyers.buyUntilStopped();
    for (let kill = 0; kill < 6; kill += 1) {
      await pause(650);
      await holdfast.killShard(kill % 2);
    }
    await pause(300);
    buyers.isStopped = true;
    await buying;

    expect(buyers.acknowledged.size).toBeGreaterThan(100);
    expect(
      buyers.refusals.filter((code) => !['shard_restarting', 'overloaded'].includes(code)),
    ).toEqual([]);
    expect(await buyers.lost()).toEqual([]);
  });

  it('gives up on a shard that keeps dying', async () => {
    const holdfast = await startInProcess({ HOLDFAST_SHARDS: '2' });
    let failure: Error | undefined;
    void holdfast.failed.then((fault) => {
      failure = fault;
    });
    for (let kill = 0; kill < 100 && failure === undefined; kill += 1) {
      await holdfast.killShard(1).catch(() => undefined); // it is dead just now
      await pause(20);
    }
    expect(failure?.message).toContain('shard-1 keeps dying');
    await expect(fetch(`http://127.0.0.1:${holdfast.port}/livez`)).rejects.toThrow('fetch failed');
  });

  it('ends in order: the port is free, and what was held is held at the next start', async () => {
    const port = await probePort('127.0.0.1', 0);
    const env = { HOLDFAST_DATA_DIR: temporaryDir(), HOLDFAST_PORT: String(port) };
    const first = await startInProcess({ ...env, HOLDFAST_SHARDS: '3' });
    const reserved = await post(first, '/v1/events/default/reservations', {
      userId: 'ada',
      seatIds: ['A1', 'J10'],
    });
    expect(reserved.status).toBe(201);
    await first.close();
    await expect(fetch(`http://127.0.0.1:${port}/livez`)).rejects.toThrow('fetch failed');

    const second = await start({ ...env, HOLDFAST_SHARDS: '2' });
    expect(second.figures).toMatchObject({ shards: 2, events: 1, seats: 100, recovered: 1 });
    const confirmed = await post(second, `/v1/reservations/${reserved.body.id}/confirm`, {
      userId: 'ada',
    });
    expect(confirmed).toMatchObject({ status: 200, body: { status: 'confirmed' } });
  });

  it('gathers what every thread measures', async () => {
    const holdfast = await start({ HOLDFAST_SHARDS: '2', HOLDFAST_GATEWAYS: '2' });
    const text = await (await fetch(`http://127.0.0.1:${holdfast.port}/metrics`)).text();
    expect(text).toContain('holdfast_shard_commands_total{thread="shard-0"}');
    expect(text).toContain('holdfast_shard_commands_total{thread="shard-1"}');
    expect(text).toContain('holdfast_desk_commands_in_flight{thread="gateway-1"} 0');
    expect(text).toMatch(/holdfast_store_commits_total\{thread="store"\} [1-9]/);
    expect(text).toContain('holdfast_shard_restarts_total{thread="main"} 0');
  });

  it('makes the default event once: a deleted one does not come back', async () => {
    const env = {
      HOLDFAST_DATA_DIR: temporaryDir(),
      HOLDFAST_DEFAULT_ROWS: '3',
      HOLDFAST_DEFAULT_SEATS_PER_ROW: '7',
    };
    const first = await startInProcess(env);
    expect(first.figures).toMatchObject({ events: 1, seats: 21 });
    const deleted = await fetch(`http://127.0.0.1:${first.port}/v1/events/default`, {
      method: 'DELETE',
    });
    expect(deleted.status).toBeLessThan(300);
    await first.close();
    const second = await start(env);
    expect(second.figures).toMatchObject({ events: 0, seats: 0 });
  });
});

/** Eight buyers who take one seat, or two seats far apart (on two shards, mostly), after the other. */
class Buyers {
  isStopped = false;
  /** Reservation id by the seats that it has. */
  readonly acknowledged = new Map<string, readonly string[]>();
  readonly refusals: string[] = [];
  readonly #holdfast: RunningHoldfast;
  #next = 1;

  constructor(holdfast: RunningHoldfast) {
    this.#holdfast = holdfast;
  }

  async openEvent(): Promise<void> {
    const made = await post(this.#holdfast, '/v1/events', {
      id: 'gala',
      name: 'Gala',
      totalSeats: SEATS,
    });
    expect(made.status).toBe(201);
  }

  async buyUntilStopped(): Promise<void> {
    await Promise.all(Array.from({ length: 8 }, () => this.#buy()));
  }

  /** Acknowledged, and not as it was acknowledged. */
  async lost(): Promise<string[]> {
    const lost: string[] = [];
    for (const [id, seatIds] of this.acknowledged) {
      const answer = await fetch(`http://127.0.0.1:${this.#holdfast.port}/v1/reservations/${id}`);
      const record = (await answer.json()) as { status: string; seatIds: string[] };
      if (record.status !== 'reserved' || record.seatIds.join() !== seatIds.join()) lost.push(id);
    }
    return lost;
  }

  async #buy(): Promise<void> {
    while (!this.isStopped && this.#next <= SEATS / 2) {
      const seat = this.#next;
      this.#next += 1;
      const seatIds = seat % 3 === 0 ? [String(seat), String(SEATS + 1 - seat)] : [String(seat)];
      const { status, body } = await post(this.#holdfast, '/v1/events/gala/reservations', {
        userId: 'ada',
        seatIds,
      });
      if (status === 201) this.acknowledged.set(String(body.id), seatIds);
      else this.refusals.push(String(body.code));
    }
  }
}

async function post(
  { port }: RunningHoldfast,
  path: string,
  body: object,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
