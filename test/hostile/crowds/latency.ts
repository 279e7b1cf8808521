/** How long honest requests take: the same read, asked over and over on a few connections of their own. */
import { createHistogram } from 'node:perf_hooks';
import { ApiClient } from '../../support/api-client.js';

export interface Latency {
  readonly requests: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const MICROSECOND = 1_000;

/** `clients` in a closed loop for `ms`; rejects where one is not answered 200. */
export async function latencyOf(url: string, clients: number, ms: number): Promise<Latency> {
  const api = new ApiClient(url, clients);
  const histogram = createHistogram();
  const until = performance.now() + ms;
  const ask = async (): Promise<void> => {
    while (performance.now() < until) {
      const startedAt = performance.now();
      const { status } = await api.get('/v1/events/default');
      histogram.record(Math.max(1, Math.round((performance.now() - startedAt) * MICROSECOND)));
      if (status !== 200) throw new Error(`an honest client was answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: clients }, ask));
  await api.close();
  return {
    requests: histogram.count,
    p50Ms: histogram.percentile(50) / MICROSECOND,
    p99Ms: histogram.percentile(99) / MICROSECOND,
  };
}
