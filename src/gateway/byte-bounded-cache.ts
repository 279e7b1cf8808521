/**
 * Things kept while there is room: the longest unused go first. The newest stays, however large it
 * is.
 */
export class ByteBoundedCache<Value> {
  readonly #bytesMax: number;
  /** In order of use, latest last. */
  readonly #entries = new Map<string, { readonly value: Value; readonly byteCount: number }>();
  #byteCount = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** What all entries take, bytes. */
  get byteCount(): number {
    return this.#byteCount;
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** Takes the place of what the key had. */
  set(key: string, value: Value, byteCount: number): void {
    this.#delete(key);
    this.#entries.set(key, { value, byteCount });
    this.#byteCount += byteCount;
    for (const oldest of this.#entries.keys()) {
      if (this.#byteCount <= this.#bytesMax || oldest === key) return;
      this.#delete(oldest);
    }
  }

  #delete(key: string): void {
    this.#byteCount -= this.#entries.get(key)?.byteCount ?? 0;
    this.#entries.delete(key);
  }
}
