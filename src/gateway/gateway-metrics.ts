/**
 * What a gateway counts, for Prometheus. One registry a thread; the threads' are summed elsewhere.
 */
import { AggregatorRegistry, Counter, Gauge, type Histogram, Registry } from 'prom-client';
import type { ProblemCode } from './problem.js';
import { type RouteLabels, RouteMetrics } from './route-metrics.js';

const DURATIONS = 'holdfast_http_request_duration_seconds';

/** Seats of one event by status. */
export interface SeatStatusCounts {
  readonly eventId: string;
  readonly counts: Readonly<Record<string, number>>;
}

/** Read when metrics are collected. */
export interface GatewayGauges {
  requestsInFlight(): number;
  openConnections(): number;
  /**
   * Absent in all gateways but one: seats are not to be summed over threads that see the same ones.
   */
  seats?(): Iterable<SeatStatusCounts>;
}

/** What one thread has counted, as plain data that crosses threads. */
export type MetricsSample = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

/** The text of all threads' samples, summed. */
export function summedMetrics(samples: readonly MetricsSample[]): Promise<string> {
  return AggregatorRegistry.aggregate([...samples]).metrics();
}

/** The content type of `text`. */
export const METRICS_TYPE: string = Registry.PROMETHEUS_CONTENT_TYPE;

export class GatewayMetrics {
  readonly registry = new Registry();
  readonly #routes: RouteMetrics[] = [];
  /** 409s by code, as plain numbers: see `route-metrics.ts`. */
  readonly #conflicts = new Map<ProblemCode, number>();

  constructor(gauges: GatewayGauges) {
    this.#gauge(
      'holdfast_http_requests_in_flight',
      'Requests read and not answered.',
      gauges.requestsInFlight,
    );
    this.#gauge('holdfast_http_connections', 'Open sockets.', gauges.openConnections);
    if (gauges.seats !== undefined) this.#seatGauge(gauges.seats);
    this.#conflictCounter();
    this.#requestCounter();
    this.#durationHistogram();
  }

  /** The counters of one route and method. */
  ofRoute(labels: RouteLabels): RouteMetrics {
    const metrics = new RouteMetrics(labels);
    this.#routes.push(metrics);
    return metrics;
  }

  countConflict(code: ProblemCode): void {
    this.#conflicts.set(code, (this.#conflicts.get(code) ?? 0) + 1);
  }

  /** In Prometheus' text format. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  /** Plain data, to be sent to the thread that sums them. */
  sample(): Promise<MetricsSample> {
    return this.registry.getMetricsAsJSON();
  }

  #gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers: [this.registry],
      collect: () => gauge.set(read()),
    });
  }

  #seatGauge(read: () => Iterable<SeatStatusCounts>): void {
    const gauge: Gauge<'event' | 'status'> = new Gauge({
      name: 'holdfast_seats',
      help: 'Seats of an event, by status.',
      labelNames: ['event', 'status'],
      registers: [this.registry],
      collect: () => {
        gauge.reset(); // deleted events are gone
        for (const { eventId, counts } of read()) {
          for (const [status, count] of Object.entries(counts))
            gauge.set({ event: eventId, status }, count);
        }
      },
    });
  }

  #conflictCounter(): void {
    const counter: Counter = new Counter({
      name: 'holdfast_http_conflicts_total',
      help: 'Requests that the booking rules refused (409), by code.',
      labelNames: ['code'],
      registers: [this.registry],
      collect: () => {
        counter.reset();
        for (const [code, count] of this.#conflicts) counter.inc({ code }, count);
      },
    });
  }

  #requestCounter(): void {
    const counter: Counter = new Counter({
      name: 'holdfast_http_requests_total',
      help: 'Requests answered.',
      labelNames: ['route', 'method', 'status'],
      registers: [this.registry],
      collect: () => {
        counter.reset();
        for (const { labels, counts } of this.#routes) {
          for (const [status, count] of counts) counter.inc({ ...labels, status }, count);
        }
      },
    });
  }

  #durationHistogram(): void {
    const description = {
      name: DURATIONS,
      help: 'From the request line to the last byte of the answer.',
      type: 'histogram',
      aggregator: 'sum',
    };
    const get = async () => ({
      ...description,
      values: this.#routes.flatMap((route) => route.durations(DURATIONS)),
    });
    const histogram = { ...description, get };
    // A registry asks its metrics for `name` and `get` and no more, but its type names
    // prom-client's own classes.
    this.registry.registerMetric(histogram as unknown as Histogram);
  }
}
