import { describe, expect, test } from 'vitest';
import { type PretixPlan, type PretixSeat, planFromPretix } from '../../src/domain/pretix-plan.js';
import { VenuePlan } from '../../src/domain/venue-plan.js';
import { playhousePlan, specOf } from '../support/plans.js';

function seat(guid: string, category = 'Best', x = 0): PretixSeat {
  return { seat_guid: guid, seat_number: guid, position: { x, y: 0 }, category };
}

/** A plan of one zone and one row. */
function planOfSeats(...seats: readonly PretixSeat[]): PretixPlan {
  return {
    name: 'House',
    size: { width: 100, height: 100 },
    categories: [{ name: 'Best', color: '#123456' }, { name: 'Good' }],
    zones: [
      {
        name: 'Stalls',
        position: { x: 100, y: 10 },
        rows: [{ row_number: 'A', position: { x: 20, y: 2 }, seats }],
      },
    ],
  };
}

/** Paths and messages, `path: message`. */
function faultsOf(plan: PretixPlan, prices?: Record<string, number>): string[] {
  const result = planFromPretix(plan, prices);
  if ('plan' in result) return [];
  return result.faults.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('the playhouse', () => {
  const spec = specOf(planFromPretix(playhousePlan(), { Premium: 9000, Box: 0 }));
  const plan = new VenuePlan(spec);

  test('has all its seats, zones and rows', () => {
    expect(plan.totalSeats).toBe(1362);
    expect(spec.sections.map(({ name, rows }) => [name, rows.length])).toEqual([
      ['Stalls', 22],
      ['Dress Circle', 8],
      ['Boxes', 10],
      ['Balcony', 6],
    ]);
  });

  test('knows every seat by its guid', () => {
    const guids = playhousePlan().zones.flatMap((zone: { rows: { seats: PretixSeat[] }[] }) =>
      zone.rows.flatMap((row) => row.seats.map((other) => other.seat_guid)),
    );
    expect(guids.map((guid: string) => plan.numberOf(guid))).toEqual(
      Array.from({ length: 1362 }, (_, index) => index + 1),
    );
  });

  test('has the prices that were given for its categories', () => {
    expect(plan.placeOf(plan.numberOf('Stalls-A7') ?? 0)).toMatchObject({ price: 9000 });
    expect(plan.placeOf(plan.numberOf('BoxL1-1') ?? 0)).toMatchObject({ price: 0, row: 'Box L1' });
    expect(plan.placeOf(plan.numberOf('Stalls-A1') ?? 0)).toMatchObject({ price: null });
  });

  test('says a category once where a whole zone has it', () => {
    const [stalls, circle] = spec.sections;
    expect(stalls?.category).toBeUndefined();
    expect(stalls?.rows[0]?.categories?.length).toBe(22);
    expect(circle?.category).toBe(2);
    expect(circle?.rows[0]?.categories).toBeUndefined();
  });
});

test('a seat stands where its zone, its row and its own position say together', () => {
  const plan = new VenuePlan(specOf(planFromPretix(planOfSeats(seat('a', 'Best', 3)))));
  expect(plan.placeOf(1)).toMatchObject({ x: 123, y: 12 });
});

test('a row without a position stands where its zone does', () => {
  const plan = planOfSeats(seat('a'));
  const zones = plan.zones?.map((zone) => ({
    ...zone,
    rows: zone.rows?.map(({ position, ...row }) => row),
  }));
  const house = new VenuePlan(specOf(planFromPretix({ ...plan, zones })));
  expect(house.placeOf(1)).toMatchObject({ x: 100, y: 10 });
});

test('colours are kept, and need not be there', () => {
  expect(specOf(planFromPretix(planOfSeats(seat('a')))).categories).toEqual([
    { name: 'Best', color: '#123456' },
    { name: 'Good' },
  ]);
});

test('zones and rows without seats are left out', () => {
  const plan = planOfSeats(seat('a'));
  const empty = { position: { x: 0, y: 0 }, rows: [{ row_number: 'Z', seats: [] }] };
  const spec = specOf(planFromPretix({ ...plan, zones: [empty, ...(plan.zones ?? [])] }));
  expect(spec.sections.map((section) => section.name)).toEqual(['Stalls']);
});

test('a zone without a name goes by its id, or by none', () => {
  const [zone] = planOfSeats(seat('a')).zones ?? [];
  const nameWith = (changes: object) =>
    specOf(planFromPretix({ ...planOfSeats(), zones: [{ ...zone, ...changes }] })).sections[0]
      ?.name;
  expect(nameWith({ name: undefined, zone_id: 'stalls' })).toBe('stalls');
  expect(nameWith({ name: undefined })).toBe('');
});

describe('faults', () => {
  test('a guid that is missing, of another type, empty, or not printable', () => {
    const plan = planOfSeats(
      { ...seat('a'), seat_guid: undefined },
      { ...seat('a'), seat_guid: null },
      seat(''),
      seat('a\u0007'),
      seat('b'.repeat(129)),
    );
    const at = (index: number) => `zones.0.rows.0.seats.${index}.seat_guid`;
    expect(faultsOf(plan)).toEqual([
      `${at(0)}: is missing`,
      `${at(1)}: is not of its type`,
      `${at(2)}: must not be empty`,
      `${at(3)}: must have printable characters only`,
      `${at(4)}: must have at most 128 characters`,
    ]);
  });

  test('a guid twice, in whatever zones', () => {
    const [zone] = planOfSeats(seat('a'), seat('b')).zones ?? [];
    const plan = { ...planOfSeats(), zones: [zone ?? {}, zone ?? {}] };
    expect(faultsOf(plan)).toEqual([
      'zones.1.rows.0.seats.0.seat_guid: is that of zones.0.rows.0.seats.0 too',
      'zones.1.rows.0.seats.1.seat_guid: is that of zones.0.rows.0.seats.1 too',
    ]);
  });

  test('a category that the plan does not have, or none', () => {
    const plan = planOfSeats(seat('a', 'Worst'), { ...seat('b'), category: undefined });
    expect(faultsOf(plan)).toEqual([
      'zones.0.rows.0.seats.0.category: is not a category of the plan',
      'zones.0.rows.0.seats.1.category: is missing',
    ]);
  });

  test('a category name twice', () => {
    const plan = { ...planOfSeats(seat('a')), categories: [{ name: 'Best' }, { name: 'Best' }] };
    expect(faultsOf(plan)).toEqual(['categories.1.name: is the name of an earlier category']);
  });

  test('a price for a category that the plan does not have', () => {
    expect(faultsOf(planOfSeats(seat('a')), { Worst: 1, Best: 1 })).toEqual([
      'prices.Worst: is not a category of the plan',
    ]);
  });

  test('a field that the format demands and the plan has not', () => {
    expect(faultsOf({})).toEqual([
      'name: is missing',
      'size: is missing',
      'categories: is missing',
      'zones: is missing',
    ]);
    expect(faultsOf({ ...planOfSeats(), zones: [{}] })).toEqual([
      'zones.0.position: is missing',
      'zones.0.rows: is missing',
    ]);
    const rows = [{}, { row_number: 'B', seats: [{}] }];
    expect(faultsOf({ ...planOfSeats(), zones: [{ position: { x: 0, y: 0 }, rows }] })).toEqual([
      'zones.0.rows.0.row_number: is missing',
      'zones.0.rows.0.seats: is missing',
      'zones.0.rows.1.seats.0.seat_guid: is missing',
      'zones.0.rows.1.seats.0.seat_number: is missing',
      'zones.0.rows.1.seats.0.position: is missing',
      'zones.0.rows.1.seats.0.category: is missing',
    ]);
  });

  test('a field that may be missing, but not be of another type', () => {
    const [zone] = planOfSeats(seat('a')).zones ?? [];
    const [row] = zone?.rows ?? [];
    const zones = [{ ...zone, name: null, zone_id: null, rows: [{ ...row, position: null }] }];
    expect(faultsOf({ ...planOfSeats(), zones })).toEqual([
      'zones.0.rows.0.position: is not of its type',
      'zones.0.zone_id: is not of its type',
      'zones.0.name: is not of its type',
    ]);
  });

  test('no seat at all', () => {
    expect(faultsOf(planOfSeats())).toEqual(['zones: must have 1 to 1000000 seats, not 0']);
  });
});
