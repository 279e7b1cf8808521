/**
 * What one route has been asked, by status and duration. Plain numbers, added to on the hot path:
 * prom-client's own counters cost a microsecond and a half a request, for looking their labels up.
 */

/** Seconds: from the hot path's fractions of a millisecond to where clients give up. */
export const DURATION_BUCKETS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
] as const;

export interface RouteLabels {
  /** The route's path with its `:params`, never an address. */
  readonly route: string;
  readonly method: string;
}

/** A line of a histogram, in the shape that prom-client prints. */
export interface DurationSample {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

export class RouteMetrics {
  readonly labels: RouteLabels;
  /** Answers by status. */
  readonly counts = new Map<number, number>();
  /** Answers by bucket, each counted in the first that it fits; the last is beyond all bounds. */
  readonly #buckets = new Float64Array(DURATION_BUCKETS.length + 1);
  #secondsTotal = 0;

  constructor(labels: RouteLabels) {
    this.labels = labels;
  }

  /** @param seconds from arrival to the last byte */
  answered(status: number, seconds: number): void {
    this.counts.set(status, (this.counts.get(status) ?? 0) + 1);
    let bucket = 0;
    for (const bound of DURATION_BUCKETS) {
      if (seconds <= bound) break;
      bucket += 1;
    }
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.#secondsTotal += seconds;
  }

  /**
   * The histogram `name` of this route: buckets that include those below them, sum and count.
   * Empty: never asked.
   */
  durations(name: string): DurationSample[] {
    if (this.counts.size === 0) return [];
    const labels = { ...this.labels };
    const samples: DurationSample[] = [];
    let count = 0;
    for (const [index, answered] of this.#buckets.entries()) {
      count += answered;
      const le = DURATION_BUCKETS[index] ?? '+Inf';
      samples.push({ metricName: `${name}_bucket`, labels: { le, ...labels }, value: count });
    }
    samples.push({ metricName: `${name}_sum`, labels, value: this.#secondsTotal });
    samples.push({ metricName: `${name}_count`, labels, value: count });
    return samples;
  }
}
