/**
 * How messages of many like parts cross between threads: as one flat array of strings and numbers, read back in the order in
 * which it was written. A structured clone of objects spells out every key of every object and looks each up again; of what a
 * reservation costs, that was a sixth.
 *
 * Both ends are of one build, so there is no version and no check: a form's `put` and `take` stand beside each other.
 */

/** What is posted. */
export type Wire = readonly unknown[];

export class WireWriter {
  readonly #values: unknown[] = [];
  #repeated: unknown;

  get wire(): Wire {
    return this.#values;
  }

  put(value: unknown): void {
    this.#values.push(value);
  }

  /** A value that is mostly the same as the last that was put so. */
  putRepeated(value: unknown): void {
    this.#values.push(value === this.#repeated ? undefined : value);
    this.#repeated = value;
  }

  /** At least one; most lists have one. */
  putNumbers(numbers: readonly number[]): void {
    this.#values.push(numbers.length === 1 ? numbers[0] : numbers);
  }
}

export class WireReader {
  readonly #values: Wire;
  #at = 0;
  #repeated: unknown;

  constructor(wire: Wire) {
    this.#values = wire;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#values.length;
  }

  /** @template T what the writer put here */
  take<T>(): T {
    const value = this.#values[this.#at];
    this.#at += 1;
    return value as T;
  }

  /** @template T what the writer put here */
  takeRepeated<T>(): T {
    this.#repeated = this.take() ?? this.#repeated;
    return this.#repeated as T;
  }

  takeNumbers(): readonly number[] {
    const value = this.take<number | readonly number[]>();
    return typeof value === 'number' ? [value] : value;
  }
}

/** The place of each word in a list that both ends have: a number is shorter than the word. */
export function codesOf<Word extends string>(
  words: readonly Word[],
): Readonly<Record<Word, number>> {
  return Object.fromEntries(words.map((word, code) => [word, code])) as Record<Word, number>;
}

/** A kind of message part: what one end puts, the other takes. */
export interface WireForm<T> {
  put(writer: WireWriter, value: T): void;
  take(reader: WireReader): T;
}

export function toWire<T>(form: WireForm<T>, values: readonly T[]): Wire {
  const writer = new WireWriter();
  for (const value of values) form.put(writer, value);
  return writer.wire;
}

export function fromWire<T>(form: WireForm<T>, wire: Wire): T[] {
  const reader = new WireReader(wire);
  const values: T[] = [];
  while (!reader.isAtEnd) values.push(form.take(reader));
  return values;
}
