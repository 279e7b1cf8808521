/** The checker, on histories that are known to be right or wrong. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../simulation/random.js';
import { check, checkAsOne } from './check.js';
import { counterexample } from './counterexample.js';
import type { Action, Operation } from './history.js';
import { type MadeOptions, makeHistory } from './made-history.js';
import { PLANTS } from './planted.js';

const HOLD_MS = 40;
const OTHERS = ['available', 'booked'] as const;

/** Small houses, with and without deaths. */
const made: fc.Arbitrary<MadeOptions> = fc.record(
  {
    seed: fc.integer({ min: 0, max: 2 ** 31 }),
    operations: fc.integer({ min: 20, max: 300 }),
    clients: fc.integer({ min: 1, max: 12 }),
    seats: fc.integer({ min: 2, max: 12 }),
    holdMs: fc.constant(HOLD_MS),
    operationsALife: fc.integer({ min: 20, max: 200 }),
  },
  { requiredKeys: ['seed', 'operations', 'clients', 'seats', 'holdMs'] },
);

describe('a history that some order explains', () => {
  it('is accepted, whatever was lost in it', () => {
    fc.assert(
      fc.property(made, (options) => {
        const history = makeHistory(options);
        const { violation } = check(history);
        expect(violation === undefined ? '' : counterexample(history, violation)).toBe('');
      }),
      { numRuns: 200 },
    );
  });
});

describe('a history that no order explains', () => {
  it.each(Object.entries(PLANTS))('is rejected: %s', (_, plant) => {
    let plantedCount = 0;
    fc.assert(
      fc.property(made, (options) => {
        const lie = plant(makeHistory(options), new Random(options.seed));
        if (lie === undefined) return;
        plantedCount += 1;
        expect(check(lie).isLinearizable).toBe(false);
      }),
      { numRuns: 60 },
    );
    expect(plantedCount).toBeGreaterThan(10);
  });
});

it('what is found seat by seat is what is found of the whole', () => {
  const verdicts = { right: 0, wrong: 0 };
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
      const random = new Random(seed);
      const history = makeHistory({
        seed,
        operations: 24,
        clients: 5,
        seats: 4,
        holdMs: HOLD_MS,
        operationsALife: 15,
      });
      const spoiled = history.map((each) => (random.chance(0.12) ? spoil(each, random) : each));
      const { isLinearizable } = check(spoiled);
      verdicts[isLinearizable ? 'right' : 'wrong'] += 1;
      expect(isLinearizable).toBe(checkAsOne(spoiled).isLinearizable);
    }),
    { numRuns: 600 },
  );
  expect(Math.min(verdicts.right, verdicts.wrong)).toBeGreaterThan(60);
});

it('a counterexample is short: two reservations of one seat', () => {
  const history = makeHistory({ seed: 7, operations: 400, clients: 8, seats: 6, holdMs: HOLD_MS });
  const lie = PLANTS['a seat is sold twice']?.(history, new Random(7)) ?? [];
  const { violation } = check(lie);
  if (violation === undefined) throw new Error('it was accepted');
  const text = counterexample(lie, violation);
  expect(text).toContain('reserve planted');
  expect(text.split('\n').length).toBeLessThanOrEqual(5);
});

it('a counterexample rests on no refusal that is excused by what was taken away', () => {
  const at = (order: number) => ({ order, at: order });
  const operation = (from: number, to: number, action: Action): Operation => ({
    session: from,
    call: at(from),
    end: at(to),
    isUnknown: false,
    action,
  });
  const reserve = (reservation: string) =>
    ({ type: 'reserve', reservation, seats: [2], holdMs: HOLD_MS }) as const;
  // The refusals excuse each other, and one of them ends after the seat was sold twice.
  const history = [
    operation(1, 10, { type: 'refuse', seats: [1, 2], conflicts: [2] }),
    operation(2, 3, { type: 'refuse', seats: [2, 3], conflicts: [2] }),
    operation(5, 6, reserve('one')),
    operation(7, 8, reserve('other')),
  ];
  const { violation } = check(history);
  if (violation === undefined) throw new Error('it was accepted');
  const [, ...lines] = counterexample(history, violation).split('\n');
  expect(lines).toEqual(['session 5', 'session 7'].map((each) => expect.stringContaining(each)));
});

/** Another answer, or another time: it may still be true. */
function spoil(operation: Operation, random: Random): Operation {
  const { action, call, end } = operation;
  const roll = random.next();
  if (roll < 0.3)
    return { ...operation, call: { ...call, order: call.order - random.below(12) - 0.5 } };
  if (roll < 0.5)
    return { ...operation, end: { ...end, order: end.order + random.below(12) + 0.5 } };
  return { ...operation, action: spoilAction(action, random) };
}

function spoilAction(action: Action, random: Random): Action {
  switch (action.type) {
    case 'readSeats':
      return {
        ...action,
        seats: action.seats.map((each) =>
          random.chance(0.5) ? each : { seat: each.seat, status: random.pick(OTHERS) },
        ),
      };
    case 'refuse':
      return { ...action, conflicts: random.sample(action.seats, 1) };
    case 'confirm':
    case 'cancel':
      return { ...action, type: random.pick(['confirm', 'cancel']) };
    case 'deny':
      return { ...action, because: random.pick(['expired', 'cancelled', 'confirmed']) };
    case 'extend':
    case 'reserve':
      return action.expiresAt === undefined
        ? action
        : { ...action, expiresAt: action.expiresAt + random.pick([-3, 3, 20]) };
    default:
      return action;
  }
}
