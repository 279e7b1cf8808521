/**
 * The sale of the house: lets the crowd in, shows how it goes, and sums up when it is over.
 *
 * 1. The summary is printed once, whichever way the sale ends.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Crowd } from './crowd.js';
import type { DemoHouse, HouseReading } from './demo-house.js';
import type { HttpClient } from './http-client.js';
import type { LiveLine } from './live-line.js';
import { progressFields } from './sale-progress.js';
import { summaryLines } from './sale-summary.js';

export interface SaleOptions {
  readonly house: Pick<DemoHouse, 'reading'>;
  readonly crowd: Pick<Crowd, 'run' | 'closeDoors' | 'tally'>;
  /** The buyers' own: its requests are counted. */
  readonly buyers: Pick<HttpClient, 'requestCount' | 'refusals'>;
  readonly line: LiveLine;
  /** After so long nobody is let in any more; undefined: not before it is sold out. */
  readonly msMax: number | undefined;
  /** Ends it where it stands. */
  readonly signal: AbortSignal;
}

/** Why it is over. */
export type SaleEnd = 'sold_out' | 'time' | 'interrupted' | 'event_gone';

/** How much of the rate that is shown is the latest interval's. */
const RATE_SMOOTHING = 0.4;

export class Sale {
  readonly #options: SaleOptions;
  readonly #startedAt = performance.now();
  #requestsSeen = 0;
  #seenAt = this.#startedAt;
  #requestsPerSecond: number | undefined;

  constructor(options: SaleOptions) {
    this.#options = options;
  }

  /** Resolves with the summary printed, also when it is interrupted. A bug rejects it. */
  async run(): Promise<void> {
    try {
      await this.#sumUp(await this.#sell());
    } catch (cause) {
      if (!this.#options.signal.aborted) throw cause;
      await this.#sumUp('interrupted');
    }
  }

  async #sell(): Promise<SaleEnd> {
    const { crowd, line, signal } = this.#options;
    let end: SaleEnd | undefined;
    let isEmpty = false;
    const empty = crowd.run().then(() => {
      isEmpty = true;
    });
    while (!isEmpty) {
      await Promise.race([empty, wait(line.everyMs, undefined, { signal })]);
      end ??= await this.#look();
      if (end !== undefined) crowd.closeDoors();
    }
    return end ?? 'interrupted';
  }

  /** Shows how it stands, unless the server is too busy to say. @returns why the sale is over, if it is. */
  async #look(): Promise<SaleEnd | undefined> {
    const { house, line, msMax } = this.#options;
    const reading = await house.reading();
    if (reading.ok) {
      line.show(progressFields(reading.value, this.#measureRate()));
      if (isSoldOut(reading.value)) return 'sold_out';
    } else if (reading.code === 'event_not_found') {
      return 'event_gone';
    }
    return this.#elapsedMs() >= (msMax ?? Infinity) ? 'time' : undefined;
  }

  #measureRate(): number {
    const now = performance.now();
    const { requestCount } = this.#options.buyers;
    const latest = ((requestCount - this.#requestsSeen) * 1_000) / (now - this.#seenAt);
    const before = this.#requestsPerSecond ?? latest;
    const smoothed = before + (latest - before) * RATE_SMOOTHING;
    this.#requestsPerSecond = smoothed;
    this.#requestsSeen = requestCount;
    this.#seenAt = now;
    return smoothed;
  }

  async #sumUp(end: SaleEnd): Promise<void> {
    const { house, crowd, buyers, line } = this.#options;
    const elapsedMs = this.#elapsedMs();
    const { requestCount, refusals } = buyers;
    const reading = await house.reading();
    const of = { end, elapsedMs, tally: crowd.tally, requestCount, refusals };
    line.print(summaryLines(reading.ok ? { ...of, reading: reading.value } : of));
  }

  #elapsedMs(): number {
    return performance.now() - this.#startedAt;
  }
}

/** Held seats may come back. */
function isSoldOut({ event }: HouseReading): boolean {
  return event.availableSeats === 0 && event.reservedSeats === 0;
}
