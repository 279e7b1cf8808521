import { expect, test } from 'vitest';
import { summedMetrics } from '../../src/gateway/gateway-metrics.js';
import { hallGateway, testGateway } from './support/test-gateway.js';

const RESERVE = '/v1/events/hall/reservations';

test('requests are counted by route, not by address', async () => {
  const gateway = await hallGateway();
  await gateway.post(RESERVE, { userId: 'ann', seatIds: ['A1'] });
  await gateway.post(RESERVE, { userId: 'bob', seatIds: ['A1'] });
  await gateway.get('/some/where?secret=1');
  await gateway.ask('HEAD', '/v1/events/hall');
  const { text, headers } = await gateway.get('/metrics');
  expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
  const labels = 'route="/v1/events/:id/reservations",method="POST"';
  for (const line of [
    `holdfast_http_requests_total{${labels},status="201"} 1`,
    `holdfast_http_requests_total{${labels},status="409"} 1`,
    `holdfast_http_request_duration_seconds_count{${labels}} 2`,
    'holdfast_http_requests_total{route="(unmatched)",method="GET",status="404"} 1',
    'holdfast_http_requests_total{route="/v1/events/:id",method="HEAD",status="200"} 1',
    'holdfast_http_conflicts_total{code="seat_unavailable"} 1',
    'holdfast_http_requests_in_flight 0',
    'holdfast_seats{event="hall",status="available"} 12',
    'holdfast_seats{event="hall",status="reserved"} 1',
  ]) {
    expect(text.split('\n')).toContain(line);
  }
  expect(text).not.toContain('secret');
});

test('seats are told by the first gateway only, and an event that is gone is not', async () => {
  const second = await hallGateway({ index: 1 });
  expect((await second.get('/metrics')).text).not.toContain('holdfast_seats');
  const first = await hallGateway();
  expect((await first.get('/metrics')).text).toContain('event="hall"');
  await first.ask('DELETE', '/v1/events/hall');
  expect((await first.get('/metrics')).text).not.toContain('event="hall"');
});

test('the samples of several gateways are summed', async () => {
  const gateways = [await testGateway({ index: 0 }), await testGateway({ index: 1 })];
  for (const gateway of gateways) await gateway.get('/livez');
  const samples = await Promise.all(gateways.map(({ running }) => running.metrics()));
  const text = await summedMetrics(structuredClone(samples));
  expect(text).toContain(
    'holdfast_http_requests_total{route="/livez",method="GET",status="200"} 2',
  );
});

test('the metrics of all threads are asked for where there are more', async () => {
  const gateway = await testGateway({ collectMetrics: () => Promise.resolve('all 1\n') });
  expect((await gateway.get('/metrics')).text).toBe('all 1\n');
});
