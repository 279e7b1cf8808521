/**
 * The machine's clock is set an hour ahead and back under load. Deadlines are points of that clock (lib/clock.ts), because they
 * must mean the same after a restart. So:
 *
 * 1. Set ahead, it ends the holds whose deadline it has passed, all of them, at once.
 * 2. Set back, it lets holds run longer, and ends none early. One that was overdue an hour ahead is over if that was written
 *    down by then, and else runs again.
 * 3. Whatever it does, a seat has one owner, and a restart finds what was acknowledged.
 */
import { describe, expect, it } from 'vitest';
import { verify } from '../../src/store/verify.js';
import type { ReservationBody } from '../support/api-bodies.js';
import { brokenBuild } from '../support/broken-build.js';
import type { Crowd } from '../support/crowd.js';
import { figureLine } from '../support/figure-line.js';
import { CLOCK_OF_ITS_OWN } from './support/breakages.js';
import { Faults } from './support/faults.js';
import { Gala } from './support/gala.js';
import { holdEach, notKept, notOver, seatsFrom } from './support/holder.js';

const HOUR_MS = 3_600_000;
const HOLDS = 50;
const HOLD_SECONDS = 600;
const SEATS = 2_000;
const OWN_SEATS = 3 * HOLDS;
/** Acknowledged before each step, and after the last. */
const LOAD = 60;
/** An answer that is under way when the clock is set is of before or after. */
const UNSURE_MS = 2_000;
const FAULTS_SHOWN = 10;

describe('a clock that is set while the server runs', () => {
  it('ends holds by what it says, none early, and no seat has two owners', {
    timeout: 90_000,
  }, async () => {
    const course = new Course('dist');
    const faults = await course.run();
    expect(faults.slice(0, FAULTS_SHOWN)).toEqual([]);
    figureLine('clock', {
      steps: '+1 h, back, -1 h',
      acknowledged: course.acknowledged,
      'holds ended by a step ahead': HOLDS,
      'kept over a step back': 2 * HOLDS,
      lost: 0,
    });
  });

  it('control: a server with a clock of its own is caught', { timeout: 90_000 }, async () => {
    const faults = await new Course(brokenBuild(CLOCK_OF_ITS_OWN)).run();
    expect(faults.join('\n')).toMatch(/a lapsed hold was confirmed/);
    figureLine('clock', { control: 'a clock of its own', faults: faults.length });
  });
});

class Course {
  acknowledged = 0;
  readonly #faults = new Faults();
  readonly #gala: Gala;
  readonly #found: string[] = [];
  readonly #stepsMs = { latest: 0, before: 0, at: Number.NEGATIVE_INFINITY };

  constructor(build: string) {
    this.#gala = new Gala({ build, env: this.#faults.env, totalSeats: SEATS });
  }

  /** @returns everything that is wrong */
  async run(): Promise<readonly string[]> {
    const gala = this.#gala;
    const [first, second, third] = [0, 1, 2].map((part) =>
      seatsFrom(SEATS - OWN_SEATS + 1 + part * HOLDS, HOLDS),
    ) as [string[], string[], string[]]; // three of them
    await gala.start();
    await this.#stepUnderLoad(HOUR_MS, first, async (held) => {
      const created = Date.parse((await holdEach(gala, second, HOLD_SECONDS))[0]?.createdAt ?? '');
      if (created < Date.now() + HOUR_MS / 2) this.#found.push('the step was not noticed');
      await this.#each(held, (hold) => notOver(gala, hold, () => this.#now()));
    });
    if (this.#found.length > 0) return this.#found;
    await this.#stepUnderLoad(0, third, async (held) => {
      const made = await this.#reservationsOf(second);
      await this.#each([...made, ...held.slice(HOLDS / 2)], (hold) => notKept(gala, hold));
    });
    await this.#stepUnderLoad(-HOUR_MS, [], async () => {
      const made = await this.#reservationsOf(third.slice(0, HOLDS / 2));
      await this.#each(made, (hold) => notKept(gala, hold));
    });
    await this.#judge();
    await gala.kill();
    await gala.start();
    await this.#judge();
    await gala.kill();
    this.#found.push(...(await verify(gala.dataDir)).breaches);
    return this.#found;
  }

  /** Holds are made, the clock is set in the midst of a crowd, the holds are looked at, and the crowd goes on for a while. */
  async #stepUnderLoad(
    stepMs: number,
    seatIds: readonly string[],
    look: (held: readonly ReservationBody[]) => Promise<void>,
  ): Promise<void> {
    const gala = this.#gala;
    const held = await holdEach(gala, seatIds, HOLD_SECONDS);
    const crowd = gala.crowd({
      name: stepMs > 0 ? 'ahead-' : `back${stepMs}-`,
      now: () => this.#now(),
      wish: (random) => ({ seatIds: seatsFrom(1 + random.below(SEATS - OWN_SEATS - 2), 2) }),
      onAnswer: () => {
        if (crowd.acknowledged >= enough) reached();
      },
    });
    let enough = 0;
    let reached: () => void = () => undefined;
    const more = () =>
      new Promise<void>((resolve) => {
        enough = crowd.acknowledged + LOAD;
        reached = resolve;
      });
    const running = crowd.run(gala.users);
    await more();
    this.#step(stepMs);
    await look(held);
    await more();
    crowd.stop();
    await running;
    this.acknowledged += crowd.acknowledged;
    this.#found.push(...surprisesOf(crowd));
  }

  #step(ms: number): void {
    Object.assign(this.#stepsMs, { latest: ms, before: this.#stepsMs.latest });
    this.#stepsMs.at = performance.now();
    this.#faults.stepClock(ms);
  }

  /** The server's clock; just after a step back, what it was may still be on its way. */
  #now(): number {
    const { latest, before, at } = this.#stepsMs;
    const isUnsure = performance.now() - at < UNSURE_MS;
    return Date.now() + (isUnsure ? Math.max(latest, before) : latest);
  }

  /** Those that hold the seats, by the book. */
  async #reservationsOf(seatIds: readonly string[]): Promise<readonly ReservationBody[]> {
    const told = this.#gala.book.told.filter(
      ({ userId, seatIds: [seat = ''] }) => userId === `holder-${seat}` && seatIds.includes(seat),
    );
    const read = await Promise.all(
      told.map(({ id }) => this.#gala.client.get<ReservationBody>(`/v1/reservations/${id}`)),
    );
    return read.map(({ body }) => body);
  }

  async #each(
    held: readonly ReservationBody[],
    fault: (hold: ReservationBody) => Promise<string | undefined>,
  ): Promise<void> {
    if (held.length === 0) this.#found.push('nothing was held');
    const faults = await Promise.all(held.map(fault));
    this.#found.push(...faults.filter((each) => each !== undefined));
  }

  async #judge(): Promise<void> {
    const faults = await this.#gala.faults(() => Date.now() + this.#stepsMs.latest);
    this.#found.push(...faults.filter((fault) => !isOutOfTime(fault)));
  }
}

/**
 * By the log's times, which went back, the next owner may have come before the last had left; by its order they did not. And
 * of what was held before the step ahead some ended by it (2).
 */
function isOutOfTime(fault: string): boolean {
  return /: seat \S+ was \S+'s until /.test(fault) || / of ahead-\S+ .*: is expired$/.test(fault);
}

/** Whoever reserved an hour ahead confirms before that. */
function surprisesOf({ surprises }: Crowd): readonly string[] {
  return surprises.filter((surprise) => !surprise.endsWith('was confirmed outside its time'));
}
