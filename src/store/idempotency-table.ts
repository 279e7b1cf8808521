/**
 * Which idempotency keys are answered already, and which are being worked on. What was answered is
 * on disk, written with the effect itself, and honoured for a day; what is in flight is known to
 * memory only, since a restart ends it.
 */
import type { IdempotencyStart, KeptAnswer } from '../desk/ports.js';
import type { CommandOutcome, IdempotencyMark } from '../domain/commands.js';
import type { Clock, ElapsedMs } from '../lib/clock.js';
import type { KeptEntry, StoreTables } from './tables.js';

/** How long an answer is given again (API §2). */
const KEPT_MS = 24 * 3_600_000;
/** How long a request may take. A key whose desk died without a word is free again after it. */
const IN_FLIGHT_MS_MAX = 60_000;
/**
 * A commit removes this many outdated entries at most, and twice as many as it adds: the table does
 * not grow for ever.
 */
const PURGED_MAX = 16;

/** What a key is kept with. */
export type KeptResult = { readonly outcome: CommandOutcome } | { readonly answer: KeptAnswer };

interface InFlight {
  readonly fingerprint: string;
  readonly since: ElapsedMs;
}

export class IdempotencyTable {
  readonly #tables: StoreTables;
  readonly #clock: Clock;
  /** In the order of `since`. */
  readonly #inFlight = new Map<string, InFlight>();

  constructor(tables: StoreTables, clock: Clock) {
    this.#tables = tables;
    this.#clock = clock;
  }

  /** What a request with this key finds. A key that is found `fresh` is in flight from here on. */
  begin(key: string, fingerprint: string): IdempotencyStart {
    const now = this.#clock.now();
    const kept = this.#tables.idempotency.get([key]);
    if (kept !== undefined && now < kept.at + KEPT_MS) return startOf(kept, fingerprint);
    const since = this.#clock.elapsed();
    this.#forgetLost(since);
    const other = this.#inFlight.get(key);
    if (other !== undefined)
      return { found: other.fingerprint === fingerprint ? 'in_flight' : 'other_body' };
    this.#inFlight.set(key, { fingerprint, since });
    return { found: 'fresh' };
  }

  /** The request has ended without anything to keep. */
  abandon(key: string): void {
    this.#inFlight.delete(key);
  }

  /**
   * Keeps a result, in place of an older one (a command retried after a shard's death). Inside a
   * transaction.
   */
  keep({ key, fingerprint, requestId }: IdempotencyMark, result: KeptResult): void {
    const at = this.#clock.now();
    this.#tables.idempotency.put([key], { fingerprint, requestId, at, ...result });
    this.#tables.idempotencyAges.put([at, key], null);
  }

  /**
   * Removes some of what is outdated, the oldest first, to go with `kept` entries added. Inside a
   * transaction.
   */
  purge(kept: number): void {
    const outdated = this.#clock.now() - KEPT_MS;
    const range = { end: [outdated + 1], limit: PURGED_MAX + 2 * kept };
    for (const { key: age } of [...this.#tables.idempotencyAges.range(range)]) {
      const [at, key] = age;
      this.#tables.idempotencyAges.remove(age);
      // The key may have been kept again since: then this is not its entry.
      if (this.#tables.idempotency.get([key])?.at === at) this.#tables.idempotency.remove([key]);
    }
  }

  #forgetLost(now: ElapsedMs): void {
    for (const [key, { since }] of this.#inFlight) {
      if (now < since + IN_FLIGHT_MS_MAX) return;
      this.#inFlight.delete(key);
    }
  }
}

function startOf(kept: KeptEntry, fingerprint: string): IdempotencyStart {
  const { requestId, outcome, answer } = kept;
  if (kept.fingerprint !== fingerprint) return { found: 'other_body' };
  if (outcome !== undefined) return { found: 'outcome', outcome, requestId };
  return answer === undefined ? { found: 'fresh' } : { found: 'answer', answer, requestId };
}
