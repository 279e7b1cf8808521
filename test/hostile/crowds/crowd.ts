/** Crowds that a server has to bear while it serves others: connections that idle or drip, and viewers that never read. */
import { setTimeout as wait } from 'node:timers/promises';
import { FEED_LIMITS } from '../../../src/limits.js';
import { ApiClient } from '../../support/api-client.js';
import { HonestClient } from '../support/honest-client.js';
import { TargetServer } from '../support/target-server.js';
import { DeafViewers } from './deaf-viewers.js';
import { Idlers } from './idlers.js';
import { type Latency, latencyOf } from './latency.js';

export interface IdleReport {
  readonly connections: number;
  /** As the server counts them, with the crowd and after it. */
  readonly counted: number;
  readonly countedAfter: number;
  /** Those the server has closed meanwhile: each came back. */
  readonly closedByServer: number;
  readonly alone: Latency;
  readonly amongThem: Latency;
}

const HONEST_CLIENTS = 8;
const SETTLE_TRIES = 400;

/** @param measureMs how long honest requests are timed, without the crowd and within it */
export async function bearIdlers(connections: number, measureMs: number): Promise<IdleReport> {
  const server = await TargetServer.start();
  try {
    const { url } = server;
    await latencyOf(url, HONEST_CLIENTS, measureMs / 2); // warms it up
    const alone = await latencyOf(url, HONEST_CLIENTS, measureMs);
    const idlers = await Idlers.open(server.port, connections);
    const counted = await metric(url, 'holdfast_http_connections', (count) => count >= connections);
    const amongThem = await latencyOf(url, HONEST_CLIENTS, measureMs);
    const closedByServer = idlers.closedCount;
    await idlers.leave();
    const countedAfter = await metric(url, 'holdfast_http_connections', (count) => count <= 4);
    return { connections, counted, countedAfter, closedByServer, alone, amongThem };
  } finally {
    await server.kill9();
  }
}

export interface DeafReport {
  readonly viewers: number;
  /** Of the server, beyond what it held before they came; bytes. */
  readonly memoryGrowth: number;
  /** What waited for them at most, as the server counts it. */
  readonly bufferedBytesMax: number;
  readonly honestRounds: number;
  readonly viewersAfter: number;
}

/** What may wait for so many viewers that do not read (src/limits.ts). */
export function bufferedBytesBound(viewers: number): number {
  return FEED_LIMITS.snapshotBytesMax + viewers * FEED_LIMITS.waitingBytesMax;
}

/** What a server may grow by, beside what waits: code that gets warm, the garbage of the moment. */
const OTHER_BYTES_MAX = 64 * 1_048_576;

/** Whether the server has kept to its bounds, by its own count and by what the kernel says of it. */
export function isBounded(report: DeafReport): boolean {
  const bound = bufferedBytesBound(report.viewers);
  return report.bufferedBytesMax <= bound && report.memoryGrowth <= bound + OTHER_BYTES_MAX;
}

/** The control: viewers of a server that keeps for them all that they do not read. */
export async function bearDeafViewersBadly(count: number): Promise<DeafReport> {
  const server = await TargetServer.start({ broken: 'hoard' });
  try {
    const before = await server.holdings();
    const viewers = await DeafViewers.open(server.port, 'arena', count);
    const after = await server.holdings();
    viewers.leave();
    const memoryGrowth = after.anonymousBytes - before.anonymousBytes;
    return { viewers: count, memoryGrowth, bufferedBytesMax: 0, honestRounds: 0, viewersAfter: 0 };
  } finally {
    await server.kill9();
  }
}

/**
 * Changes go on while they do not read.
 *
 * @param seats of the event they view: a snapshot has a third of a byte of each
 */
export async function bearDeafViewers(
  count: number,
  seats: number,
  rounds: number,
): Promise<DeafReport> {
  // Changes are not gathered, or a block and its end would be no change.
  const server = await TargetServer.start({ env: { HOLDFAST_FEED_MS: '0' } });
  const api = new ApiClient(server.url, 4);
  try {
    await api.post('/v1/events', { id: 'arena', name: 'Arena', totalSeats: seats });
    const honest = await HonestClient.of(api);
    const before = await server.holdings();
    const viewers = await DeafViewers.open(server.port, 'arena', count);
    let bufferedBytesMax = 0;
    for (let round = 0; round < rounds; round += 1) {
      await change(api);
      await honest.round();
      const buffered = await metric(server.url, 'holdfast_feed_buffered_bytes', () => true);
      bufferedBytesMax = Math.max(bufferedBytesMax, buffered);
    }
    const after = await server.holdings();
    await honest.check();
    viewers.leave();
    const viewersAfter = await metric(server.url, 'holdfast_feed_viewers', (left) => left === 0);
    return {
      viewers: count,
      memoryGrowth: after.anonymousBytes - before.anonymousBytes,
      bufferedBytesMax,
      honestRounds: honest.rounds,
      viewersAfter,
    };
  } finally {
    await api.close();
    await server.kill9();
  }
}

/** Apart, so that each has to be named; about as many as one delta may name. */
const CHANGES = 4_000;
const PER_REQUEST = 1_000;

/** Every viewer is to be told of thousands of seats, twice: some 40 kB each time. */
async function change(api: ApiClient): Promise<void> {
  for (const step of ['block', 'unblock']) {
    const parts = Array.from({ length: CHANGES / PER_REQUEST }, (_, part) =>
      Array.from({ length: PER_REQUEST }, (_, seat) => String((part * PER_REQUEST + seat) * 5 + 1)),
    );
    const url = `/v1/events/arena/seats/${step}`;
    const replies = await Promise.all(parts.map((seatIds) => api.post(url, { seatIds })));
    const refused = replies.find(({ status }) => status !== 200);
    if (refused !== undefined) throw new Error(`${step}: ${JSON.stringify(refused.body)}`);
  }
}

/** Of one gateway; waits, within bounds, until it is so. */
async function metric(
  url: string,
  name: string,
  isSo: (value: number) => boolean,
): Promise<number> {
  let value = Number.NaN;
  for (let tries = 0; tries < SETTLE_TRIES; tries += 1) {
    const text = await fetch(`${url}/metrics`).then((response) => response.text());
    value = Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
    if (isSo(value)) return value;
    await wait(25);
  }
  return value;
}
