/**
 * Makes a failing plan small: takes away whole kinds of acts and faults, then halves, quarters … of what is left, then single
 * entries, then steps, shards and gateways, as long as it still fails. Delta debugging (Zeller and Hildebrandt, 2002), with a
 * bound on the number of courses.
 */
import type { CourseResult } from './course.js';
import type { Entry, Plan } from './plan.js';

export interface Shrunk {
  readonly plan: Plan;
  readonly result: CourseResult;
  /** Courses that it took. */
  readonly tries: number;
}

export interface ShrinkOptions {
  /** Fails. */
  readonly plan: Plan;
  readonly run: (plan: Plan) => Promise<CourseResult>;
  readonly triesMax: number;
}

export async function shrink({ plan, run, triesMax }: ShrinkOptions): Promise<Shrunk> {
  const shrinking = new Shrinking(run, triesMax, plan, await run(plan));
  await shrinking.cutTail();
  await shrinking.withoutKinds();
  await shrinking.withoutParts();
  await shrinking.simpler();
  await shrinking.cutTail();
  return shrinking.shrunk();
}

class Shrinking {
  readonly #run: ShrinkOptions['run'];
  readonly #triesMax: number;
  #plan: Plan;
  #result: CourseResult;
  #tries = 1;

  constructor(run: ShrinkOptions['run'], triesMax: number, plan: Plan, result: CourseResult) {
    this.#run = run;
    this.#triesMax = triesMax;
    this.#plan = plan;
    this.#result = result;
  }

  shrunk(): Shrunk {
    return { plan: this.#plan, result: this.#result, tries: this.#tries };
  }

  /** Where it failed before its last step, what comes after does not matter. */
  async cutTail(): Promise<void> {
    const steps = Math.min(this.#plan.steps, this.#result.steps + 1);
    await this.#try(cut(this.#plan, steps));
    // A course that fails at its end may do so earlier.
    for (let less = this.#plan.steps / 2; less >= 20; less /= 2)
      await this.#try(cut(this.#plan, Math.ceil(this.#plan.steps - less)));
  }

  async withoutKinds(): Promise<void> {
    for (const kind of new Set(this.#plan.entries.map(({ what }) => what)))
      await this.#keepOnly(({ what }) => what !== kind);
  }

  async withoutParts(): Promise<void> {
    for (
      let size = Math.ceil(this.#plan.entries.length / 2);
      size >= 1;
      size = Math.floor(size / 2)
    ) {
      for (let from = 0; from < this.#plan.entries.length; ) {
        const part = new Set(this.#plan.entries.slice(from, from + size));
        if (!(await this.#keepOnly((entry) => !part.has(entry)))) from += size;
      }
    }
  }

  async simpler(): Promise<void> {
    for (let shardCount = 1; shardCount < this.#plan.shardCount; shardCount += 1)
      if (await this.#try({ ...this.#plan, shardCount })) break;
    if (this.#plan.gatewayCount > 1) await this.#try({ ...this.#plan, gatewayCount: 1 });
    if (this.#plan.isTight) await this.#try({ ...this.#plan, isTight: false });
    if (this.#plan.seatsPerUserMax !== null)
      await this.#try({ ...this.#plan, seatsPerUserMax: null });
    if (this.#plan.durability === 'async') await this.#try({ ...this.#plan, durability: 'sync' });
  }

  #keepOnly(stays: (entry: Entry) => boolean): Promise<boolean> {
    return this.#try({ ...this.#plan, entries: this.#plan.entries.filter(stays) });
  }

  /** Takes the plan if it still fails. */
  async #try(plan: Plan): Promise<boolean> {
    if (this.#tries >= this.#triesMax) return false;
    this.#tries += 1;
    const result = await this.#run(plan);
    if (result.failure === undefined) return false;
    this.#plan = plan;
    this.#result = result;
    return true;
  }
}

function cut(plan: Plan, steps: number): Plan {
  return { ...plan, steps, entries: plan.entries.filter(({ step }) => step < steps) };
}
