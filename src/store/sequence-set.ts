/** The sequences 1..last, each seen or not: a bit each. */
export class SequenceSet {
  readonly #last: number;
  readonly #seen: Uint8Array;

  constructor(last: number) {
    this.#last = last;
    this.#seen = new Uint8Array(Math.floor(last / 8) + 1);
  }

  /** False: it is out of 1..last, or was seen before. */
  add(sequence: number): boolean {
    if (!Number.isInteger(sequence) || sequence < 1 || sequence > this.#last) return false;
    const [byte, bit] = placeOf(sequence);
    const before = this.#seen[byte] ?? 0;
    if ((before & bit) !== 0) return false;
    this.#seen[byte] = before | bit;
    return true;
  }

  /** Those that were never added, in order. */
  *missing(): Iterable<number> {
    for (let sequence = 1; sequence <= this.#last; sequence += 1) {
      const [byte, bit] = placeOf(sequence);
      if (((this.#seen[byte] ?? 0) & bit) === 0) yield sequence;
    }
  }
}

/** Sequences may pass 2^32: no shifts. */
function placeOf(sequence: number): readonly [byte: number, bit: number] {
  return [Math.floor(sequence / 8), 1 << (sequence % 8)];
}
