import { expect, test } from 'vitest';
import { DURATION_BUCKETS, RouteMetrics } from '../../src/gateway/route-metrics.js';

test('an answer is counted in every bucket that it fits, its bound included', () => {
  const metrics = new RouteMetrics({ route: '/x', method: 'GET' });
  for (const seconds of [0, 0.001, 0.0011, 10, 11]) metrics.answered(200, seconds);
  const samples = metrics.durations('d');
  const buckets = samples.filter(({ metricName }) => metricName === 'd_bucket');
  const of = (le: number | string) => buckets.find(({ labels }) => labels.le === le)?.value;
  expect(buckets).toHaveLength(DURATION_BUCKETS.length + 1);
  expect([of(0.0005), of(0.001), of(0.0025), of(2.5), of(10), of('+Inf')]).toEqual([
    1, 2, 3, 3, 4, 5,
  ]);
  const [sum, count] = samples.slice(-2);
  expect(sum).toMatchObject({ metricName: 'd_sum', labels: { route: '/x', method: 'GET' } });
  expect(sum?.value).toBeCloseTo(21.0021);
  expect(count).toMatchObject({ metricName: 'd_count', value: 5 });
});

test('a route that nobody asked for says nothing', () => {
  expect(new RouteMetrics({ route: '/x', method: 'GET' }).durations('d')).toEqual([]);
});
