/** Seeded luck with what the simulation and the load tests pick with. One seed, one sequence. */
import { Random as Luck } from '../../src/demo/random.js';

export class Random extends Luck {
  /** 0..max-1 */
  below(max: number): number {
    return Math.floor(this.next() * max);
  }

  pick<T>(list: readonly T[]): T {
    const item = list[this.below(list.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }

  /** `count` different ones, or all. */
  sample<T>(list: readonly T[], count: number): T[] {
    const rest = [...list];
    const picked: T[] = [];
    while (picked.length < count && rest.length > 0) {
      picked.push(...rest.splice(this.below(rest.length), 1));
    }
    return picked;
  }
}
