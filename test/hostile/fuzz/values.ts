/** Values for a field: those that its schema has in mind, from small sets, so that they meet; and those that nobody had. */
import fc from 'fast-check';
import type { DescribedRequests, Schema } from '../../support/described-request.js';
import { RESERVATION } from './visit.js';

/** Events that nobody needs: they come and go. */
const SPARE_EVENTS = ['fuzz-0', 'fuzz-1', 'fuzz-2'];

/** By the field's name: what makes requests be about the same things. */
const SHARED: Readonly<Record<string, fc.Arbitrary<unknown>>> = (() => {
  const users = fc.constantFrom('u0', 'u1', 'u2', 'u3', 'ünï', '👩‍🚀');
  const seat = fc
    .tuple(fc.constantFrom(...'ABCDEFGHIJ'), fc.integer({ min: 1, max: 10 }))
    .map(([row, number]) => `${row}${number}`);
  const newEvent = fc.constantFrom(...SPARE_EVENTS);
  const small = fc.integer({ min: 1, max: 60 });
  return {
    userId: users,
    user_id: users,
    seatId: seat,
    seat_id: seat,
    seatIds: fc.array(seat, { maxLength: 5 }),
    seatNumber: fc.integer({ min: 0, max: 101 }),
    id: newEvent,
    eventId: fc.constantFrom('default', ...SPARE_EVENTS),
    reservationId: fc.constant(RESERVATION),
    // An event of a million seats is a fine thing, and takes its time.
    totalSeats: small,
    capacity: small,
    seats: fc.oneof(small, fc.array(fc.oneof(seat, fc.record({ label: seat })), { maxLength: 5 })),
    file: fc.constantFrom('index.html', 'swagger-ui.css', '..', 'x'),
  };
})();

/** What stands for `:id` in a path. The one event that all need is not changed, nor deleted. */
export function idIn(method: string, path: string): fc.Arbitrary<unknown> {
  if (/\/reservations\//.test(path)) return fc.constant(RESERVATION);
  if (path.startsWith('/seats/')) return likely({}, 'seatId');
  const isChanged = method === 'DELETE' || method === 'PATCH';
  return fc.constantFrom(...SPARE_EVENTS, ...(isChanged ? [] : Array(12).fill('default')));
}

const WORDS = [
  '__proto__',
  'constructor',
  'toString',
  'NaN',
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\u2028',
  '%',
  '../..',
  "'--",
];

/** Anything that JSON can say, and much that nobody means. */
export const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(...WORDS, null, true, -1, -0, 0.1, 1e308, 2 ** 53, 1e16, [], {}),
  fc.string({ unit: 'binary', maxLength: 150 }),
  fc.jsonValue({ maxDepth: 3 }),
  fc
    .integer({ min: 1, max: 3_000 })
    .map((depth) => JSON.parse('['.repeat(depth) + ']'.repeat(depth))),
);

/**
 * @param name of the field; empty: the whole body
 * @param described resolves references; absent where there are none
 */
export function likely(
  schema: Schema,
  name: string,
  described?: DescribedRequests,
): fc.Arbitrary<unknown> {
  const shared = SHARED[name];
  if (shared !== undefined) return shared;
  const forms = described?.forms(schema) ?? [schema];
  return fc.oneof(...forms.map((form) => formOf(form, described)));
}

function formOf(schema: Schema, described?: DescribedRequests): fc.Arbitrary<unknown> {
  const { type, enum: choices, minimum = 0, items, properties } = schema;
  if (choices !== undefined && choices.length > 0) return fc.constantFrom(...choices);
  if (properties !== undefined) return objectOf(properties, described);
  const [kind] = [type].flat();
  if (kind === 'array') return fc.array(likely(items ?? {}, '-', described), { maxLength: 3 });
  if (kind === 'boolean') return fc.boolean();
  if (kind === 'null') return fc.constant(null);
  if (kind === 'integer') return fc.integer({ min: minimum, max: minimum + 20 });
  if (kind === 'number') return fc.double({ min: minimum, max: minimum + 20, noNaN: true });
  if (kind === 'object') return fc.dictionary(fc.constantFrom('a', '__proto__'), fc.integer());
  return fc.oneof(fc.constantFrom(...EXAMPLES), fc.string({ maxLength: 20 }));
}

const EXAMPLES = [
  'x',
  'EUR',
  '1',
  'Stalls',
  'true',
  'confirm',
  'cancel',
  '2026-11-21T09:34:00.000Z',
];

/** Each field mostly as it should be and there; sometimes odd, missing, or one that nobody knows. */
function objectOf(
  properties: Readonly<Record<string, Schema>>,
  described?: DescribedRequests,
): fc.Arbitrary<unknown> {
  const fields = Object.entries(properties).map(([name, schema]) => {
    const value = fc.oneof(
      { weight: 14, arbitrary: likely(schema, name, described) },
      { weight: 1, arbitrary: odd },
    );
    return fc
      .tuple(fc.integer({ min: 0, max: 5 }), value)
      .map(([dice, one]): [string, unknown][] => (dice === 0 ? [] : [[name, one]]));
  });
  const strange = fc
    .tuple(fc.integer({ min: 0, max: 20 }), fc.constantFrom(...WORDS), odd)
    .map(([dice, name, value]): [string, unknown][] => (dice === 0 ? [[name, value]] : []));
  return fc.tuple(...fields, strange).map((entries) => Object.fromEntries(entries.flat()));
}
