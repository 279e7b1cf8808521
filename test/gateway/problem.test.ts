import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { REJECTION_CODES } from '../../src/domain/rejection.js';
import { SEAT_STATUSES } from '../../src/domain/seat-status.js';
import { PROBLEMS, Problem, problemAnswer, problemHeaders } from '../../src/gateway/problem.js';
import { faulted, refused } from '../../src/gateway/refusal.js';
import { type FaultCode, ServerFault } from '../../src/lib/server-fault.js';
import { hallGateway } from './support/test-gateway.js';

/** The table of API §2, but for what is not built yet (orders and sessions). */
const CONTRACT: Readonly<Record<number, readonly string[]>> = {
  400: ['invalid_request', 'malformed_json'],
  401: ['unauthenticated'],
  403: ['forbidden', 'not_holder'],
  404: ['route_not_found', 'event_not_found', 'seat_not_found', 'reservation_not_found'],
  409: [
    'seat_unavailable',
    'sold_out',
    'not_enough_adjacent',
    'leaves_orphan',
    'reservation_expired',
    'reservation_cancelled',
    'reservation_confirmed',
    'reservation_refunded',
    'limit_exceeded',
    'extension_refused',
    'event_closed',
    'event_exists',
    'idempotency_in_flight',
    // Ours, where the contract is silent.
    'reservation_not_confirmed',
    'event_in_use',
  ],
  413: ['body_too_large'],
  415: ['unsupported_media_type'],
  405: ['method_not_allowed'],
  422: ['idempotency_key_reused'],
  429: ['rate_limited'],
  503: ['overloaded', 'shard_restarting', 'shutting_down', 'storage_failed'],
};

describe('the table of problems', () => {
  test('is the contract’s', () => {
    const statuses = Object.entries(CONTRACT).flatMap(([status, codes]) =>
      codes.map((code) => [code, Number(status)] as const),
    );
    const ours = Object.entries(PROBLEMS).map(([code, { status }]) => [code, status] as const);
    expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(statuses));
  });

  test('has every rejection', () => {
    expect(REJECTION_CODES.filter((code) => !(code in PROBLEMS))).toEqual([]);
  });
});

describe('a problem', () => {
  test('is RFC 9457 with its code and request id, and no empty members', () => {
    const answer = problemAnswer(new Problem('event_closed', 'Too late.'), 'r1');
    expect(answer.contentType).toMatch(/^application\/problem\+json/);
    expect(JSON.parse(String(answer.body))).toEqual({
      type: 'urn:holdfast:problem:event_closed',
      title: 'The event is closed',
      status: 409,
      detail: 'Too late.',
      code: 'event_closed',
      requestId: 'r1',
    });
  });

  test('is written as JSON.stringify would write it', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }));
    const status = fc.constantFrom(...SEAT_STATUSES);
    const time = fc.date({ min: new Date(0), noInvalidDate: true });
    const conflict = fc.record(
      { seatId: text, status, expiresAt: time.map((at) => at.toISOString()) },
      { requiredKeys: ['seatId', 'status'], noNullPrototype: true },
    );
    const issue = fc.record({ in: fc.constant('body' as const), path: text, message: text });
    const details = fc.record(
      { issues: fc.array(issue), conflicts: fc.array(conflict), retryAfterMs: fc.nat() },
      { requiredKeys: [], noNullPrototype: true },
    );
    fc.assert(
      fc.property(text, text, details, (detail, requestId, given) => {
        const { issues, conflicts, retryAfterMs } = given;
        const problem = new Problem('seat_unavailable', detail, given);
        const { title, status, code } = problem;
        const type = 'urn:holdfast:problem:seat_unavailable';
        const head = { type, title, status, detail, code, requestId };
        expect(problemAnswer(problem, requestId).body).toBe(
          JSON.stringify({ ...head, issues, conflicts, retryAfterMs }),
        );
      }),
    );
  });

  test.each([
    [1, '1'],
    [1_000, '1'],
    [1_001, '2'],
    [0, '1'],
  ])('to be tried again in %s ms has Retry-After %s', (retryAfterMs, seconds) => {
    const problem = new Problem('overloaded', 'Busy.', { retryAfterMs });
    expect(problemHeaders(problem)).toEqual({ 'Retry-After': seconds });
    expect(JSON.parse(String(problemAnswer(problem, 'r').body)).retryAfterMs).toBe(retryAfterMs);
  });
});

test('a rejection without a plan keeps its code and detail', () => {
  const { code, detail, details } = refused({ code: 'sold_out', detail: 'None left.' });
  expect([code, detail, details]).toEqual(['sold_out', 'None left.', {}]);
});

describe('a fault', () => {
  test.each([
    ['overloaded', 'overloaded'],
    ['shard_restarting', 'shard_restarting'],
    ['shutting_down', 'shutting_down'],
    ['storage_failed', 'storage_failed'],
    ['storage_corrupt', 'storage_failed'],
  ] satisfies [FaultCode, string][])(
    '%s of a command or a query is 503 %s, with Retry-After',
    async (code, shown) => {
      const gateway = await hallGateway();
      const secret = '/var/lib/holdfast';
      gateway.desk.fault = new ServerFault(secret, { code, hint: secret, retryAfterMs: 2_500 });
      const wish = { userId: 'ann', seatIds: ['A1'] };
      const asks = [
        gateway.post('/v1/events/hall/reservations', wish),
        gateway.post('/v1/events/hall/reservations', wish, { 'idempotency-key': 'k' }),
        gateway.get('/v1/users/ann/reservations'),
        gateway.get('/v1/reservations/rsv_0mwq6g80000000010000000000000099'),
      ];
      for (const reply of await Promise.all(asks)) {
        expect([reply.status, reply.json.code, reply.headers['retry-after']]).toEqual([
          503,
          shown,
          '3',
        ]);
        expect(reply.text).not.toContain(secret);
      }
    },
  );

  test('of the start is none that a request may meet', () => {
    const fault = new ServerFault('x', { code: 'config_invalid', hint: 'x' });
    expect(faulted(fault)).toBeUndefined();
  });
});
