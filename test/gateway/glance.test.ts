/** Each glance against its schema: whatever it gives is what the schema gives, and it is silent where the schema refuses. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { idParams } from '../../src/gateway/field-schemas.js';
import { glanceOf } from '../../src/gateway/glance.js';
import { userBody } from '../../src/gateway/routes/reservation-routes.js';
import { reserveBody } from '../../src/gateway/routes/reserve-route.js';

const name = fc.oneof(
  fc.string({ maxLength: 4 }),
  fc.constantFrom('', 'A10', 'x'.repeat(128), 'x'.repeat(129), 'a\nb', '\ud800', '\u2028', '𝒜'),
);
const anything = fc.oneof(name, fc.jsonValue(), fc.constant(undefined));
const names = fc.oneof(
  fc.array(name, { maxLength: 4 }),
  fc.array(anything, { maxLength: 3 }),
  fc.constantFrom(99, 100, 101).map((length) => Array.from({ length }, (_, seat) => `A${seat}`)),
);

/** As JSON would give it: `__proto__` is a key like any other. */
const body = fc
  .dictionary(
    fc.constantFrom('userId', 'seatIds', 'holdSeconds', 'quantity', 'id', '__proto__', 'x'),
    fc.oneof({ weight: 3, arbitrary: name }, { weight: 3, arbitrary: names }, anything),
  )
  .map((dictionary) => JSON.parse(JSON.stringify(dictionary)) as unknown);

const right = {
  reserve: fc.record({ userId: name, seatIds: names }, { noNullPrototype: true }),
  user: fc.record({ userId: name }, { noNullPrototype: true }),
  id: fc.record({ id: name }, { noNullPrototype: true }),
};

describe('a glance', () => {
  it('at a body that reserves', () => holds(reserveBody, fc.oneof(right.reserve, body, anything)));
  it('at a body that names a user', () => holds(userBody, fc.oneof(right.user, body, anything)));
  it('at a path that has an id', () => holds(idParams, fc.oneof(right.id, body, anything)));
});

function holds(schema: z.ZodType, value: fc.Arbitrary<unknown>): void {
  let seen = 0;
  fc.assert(
    fc.property(value, (given) => {
      const glance = glanceOf(schema, given);
      if (glance === undefined) return;
      seen += 1;
      expect(schema.safeParse(given)).toEqual({ success: true, data: glance });
    }),
    { numRuns: 2_000 },
  );
  expect(seen, 'some are right').toBeGreaterThan(50);
}
