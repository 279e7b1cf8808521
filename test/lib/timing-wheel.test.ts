import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TimingWheel } from '../../src/lib/timing-wheel.js';

type Step =
  | { do: 'schedule'; in: number }
  | { do: 'cancel'; which: number }
  | { do: 'advance'; by: number; atMost: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('schedule' as const),
    in: fc.oneof(fc.integer({ min: -5, max: 600 }), fc.integer({ min: 0, max: 30_000_000 })),
  }),
  fc.record({ do: fc.constant('cancel' as const), which: fc.nat(50) }),
  fc.record({
    do: fc.constant('advance' as const),
    by: fc.oneof(fc.integer({ min: -700, max: 700 }), fc.integer({ min: 0, max: 90_000_000 })),
    atMost: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constant(Number.POSITIVE_INFINITY)),
  }),
);

describe('the timing wheel', () => {
  it('fires what a sorted list fires, or as much of it as is wanted, and never early, whatever the clock does', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 41 }),
        fc.array(step, { maxLength: 80 }),
        (start, steps) => {
          const wheel = new TimingWheel(start, 2);
          const waiting = new Map<number, number>();
          let now = start;
          for (const action of steps) {
            if (action.do === 'schedule') {
              const deadline = now + action.in;
              waiting.set(wheel.schedule(deadline), deadline);
            } else if (action.do === 'cancel') {
              const slot = [...waiting.keys()][action.which];
              if (slot === undefined) continue;
              wheel.cancel(slot);
              waiting.delete(slot);
            } else {
              now += action.by;
              const earliest = wheel.nextDueAt();
              const due = [...waiting.values()].filter((deadline) => deadline <= now).length;
              const fired: number[] = [];
              const fire = (slot: number) => {
                fired.push(waiting.get(slot) ?? Number.NaN);
                waiting.delete(slot);
              };
              wheel.advance(now, fire, action.atMost);
              expect(fired.every((deadline) => deadline <= now)).toBe(true);
              expect(fired).toHaveLength(Math.min(due, action.atMost));
              const next = wheel.nextDueAt() ?? Number.POSITIVE_INFINITY;
              expect(next).toBeLessThanOrEqual(Math.min(...waiting.values()));
              // Whoever waits for what is not due must not be woken for nothing.
              if (due < action.atMost) expect(next).toBeGreaterThan(now);
              for (const deadline of fired) expect(earliest).toBeLessThanOrEqual(deadline);
            }
            expect(wheel.size).toBe(waiting.size);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('fires in order of deadline', () => {
    const wheel = new TimingWheel(1_000);
    const deadlines = [5_000, 1_001, 70_000, 1_255, 1_256, 1_300, 66_000];
    const bySlot = new Map(deadlines.map((deadline) => [wheel.schedule(deadline), deadline]));
    const fired: (number | undefined)[] = [];
    wheel.advance(100_000, (slot) => fired.push(bySlot.get(slot)));
    expect(fired).toEqual([...deadlines].sort((a, b) => a - b));
  });

  it('fires the rest of one millisecond when there is room again', () => {
    const wheel = new TimingWheel(0);
    for (let timer = 0; timer < 5; timer += 1) wheel.schedule(10);
    const fired = [1, 2, 3].map(() => {
      let count = 0;
      expect(wheel.nextDueAt()).toBeLessThanOrEqual(10);
      wheel.advance(
        20,
        () => {
          count += 1;
        },
        2,
      );
      return count;
    });
    expect(fired).toEqual([2, 2, 1]);
    expect(wheel.nextDueAt()).toBeUndefined();
  });

  it('lets a timer schedule another as it fires', () => {
    const wheel = new TimingWheel(0);
    wheel.schedule(10);
    let fired = 0;
    wheel.advance(1_000, () => {
      fired += 1;
      if (fired < 5) wheel.schedule(10 + fired * 100);
    });
    expect(fired).toBe(5);
  });
});
