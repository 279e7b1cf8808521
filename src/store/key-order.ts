/**
 * Whether the keys of one of LMDB's trees ascend, met in the order of a walk: a branch's key, then those of the page that it leads to, of
 * which the first may be the same. Keys stay where they were read: a copy of each would cost more than all else.
 */

/** Stands where no key was met. */
const NONE = Buffer.alloc(0);

export class KeyOrder {
  #bytes: Buffer = NONE;
  #from = 0;
  #to = 0;
  #isBranchKey = false;

  /** Takes the next key, `bytes` from `from` to `to`, which stay as they are. @returns whether it may follow the last */
  follows(bytes: Buffer, from: number, to: number, isBranchKey: boolean): boolean {
    const order = this.#bytes === NONE ? 1 : this.#compare(bytes, from, to);
    const isFirstBelow = this.#isBranchKey && !isBranchKey;
    this.#bytes = bytes;
    this.#from = from;
    this.#to = to;
    this.#isBranchKey = isBranchKey;
    return order > 0 || (order === 0 && isFirstBelow);
  }

  /** `page` is about to be another: the last key is kept, if it is in there. */
  leave(page: Buffer): void {
    if (this.#bytes !== page) return;
    this.#bytes = Buffer.from(page.subarray(this.#from, this.#to));
    this.#to -= this.#from;
    this.#from = 0;
  }

  /** With the last key; byte by byte, as LMDB does: keys are short, and a call of `Buffer.compare` takes longer. */
  #compare(bytes: Buffer, from: number, to: number): number {
    const [length, lastLength] = [to - from, this.#to - this.#from];
    const shared = Math.min(length, lastLength);
    for (let index = 0; index < shared; index += 1) {
      const order = (bytes[from + index] ?? 0) - (this.#bytes[this.#from + index] ?? 0);
      if (order !== 0) return order;
    }
    return length - lastLength;
  }
}
