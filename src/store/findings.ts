/** What a verification has found: how much it read, and every promise that it saw broken. */

export interface VerifyReport {
  /** Sentences for a person, the first `BREACHES_MAX`; empty: the store is sound. */
  readonly breaches: readonly string[];
  /** All of them. */
  readonly breachCount: number;
  /** Rows read, by table; `seatsHeld` and `factsReplayed` by the replay. */
  readonly counts: Readonly<Record<string, number>>;
  /** Of a sound store: see `state-hash.ts`. */
  readonly stateHash?: string;
}

/** Past so many, more of them tell nobody anything. */
const BREACHES_MAX = 1000;

export class Findings {
  readonly #breaches: string[] = [];
  readonly #counts = new Map<string, number>();
  #breachCount = 0;

  get isSound(): boolean {
    return this.#breachCount === 0;
  }

  breach(sentence: string): void {
    this.#breachCount += 1;
    if (this.#breaches.length < BREACHES_MAX) this.#breaches.push(sentence);
  }

  count(what: string, more = 1): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + more);
  }

  report(): VerifyReport {
    return {
      breaches: this.#breaches,
      breachCount: this.#breachCount,
      counts: Object.fromEntries(this.#counts),
    };
  }
}
