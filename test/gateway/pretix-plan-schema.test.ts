import { expect, test } from 'vitest';
import { planFromPretix } from '../../src/domain/pretix-plan.js';
import { pretixPlanSchema } from '../../src/gateway/pretix-plan-schema.js';
import { playhousePlan } from '../support/plans.js';

/** Paths and messages of the faults of what a client sent, `path: message`. */
function faultsOf(body: unknown): string[] {
  const result = planFromPretix(pretixPlanSchema.parse(body));
  if ('plan' in result) return [];
  return result.faults.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

test('the playhouse reads the same with the schema and without', () => {
  const parsed = pretixPlanSchema.parse(playhousePlan());
  expect(planFromPretix(parsed)).toEqual(planFromPretix(playhousePlan()));
  expect('plan' in planFromPretix(parsed)).toBe(true);
});

test('fields that are not known are passed over', () => {
  const plan = playhousePlan();
  plan.version = 7;
  plan.zones[0].areas = 'none';
  plan.zones[0].rows[0].row_label = null;
  plan.zones[0].rows[0].seats[0].start_direction = '<>';
  expect(faultsOf(plan)).toEqual([]);
});

test('wrong shapes and wrong meanings are told together, each with its path', () => {
  const plan = playhousePlan();
  plan.name = 5;
  const [stalls, circle, boxes] = plan.zones;
  delete stalls.rows[0].seats[4].seat_guid;
  stalls.rows[2].seats[4].category = 'Nowhere';
  stalls.rows[3].seats[0].seat_guid = 42;
  circle.rows[0].seats[1].seat_guid = 'Stalls-A1';
  circle.rows[1].position = { x: '1', y: 2 };
  circle.rows[2] = null;
  boxes.rows = 'none';
  plan.zones[3] = 0;
  expect(faultsOf(plan)).toEqual([
    'name: is not of its type',
    'zones.0.rows.0.seats.4.seat_guid: is missing',
    'zones.0.rows.2.seats.4.category: is not a category of the plan',
    'zones.0.rows.3.seats.0.seat_guid: is not of its type',
    'zones.1.rows.0.seats.1.seat_guid: is that of zones.0.rows.0.seats.0 too',
    'zones.1.rows.1.position: is not of its type',
    'zones.1.rows.2.row_number: is missing',
    'zones.1.rows.2.seats: is missing',
    'zones.2.rows: is not of its type',
    'zones.3.position: is missing',
    'zones.3.rows: is missing',
  ]);
});

test.each([null, 'plan', 7, [[]]])('%j is no plan', (body) => {
  expect(pretixPlanSchema.safeParse(body).success).toBe(false);
});
