import type { PlanSpec } from '../../src/domain/plan-spec.js';

/** `rows` rows of `seats`, one section: small, and still spread over every shard. */
export function smallHouse(rows: number, seats: number): PlanSpec {
  const names = Array.from({ length: rows }, (_, row) => String.fromCharCode(65 + row));
  return {
    totalSeats: rows * seats,
    categories: [{ name: 'Any', price: 1000 }],
    sections: [
      {
        name: 'Stalls',
        kind: 'rows',
        category: 0,
        rows: names.map((name, row) => ({
          name,
          first: row * seats + 1,
          count: seats,
          labelPrefix: name,
        })),
      },
    ],
  };
}
