/**
 * A request's headers, copied out of uWebSockets while they can be read. Names are lower case,
 * first value wins.
 */
export class RequestHeaders {
  readonly #values = new Map<string, string>();
  #repeated: Set<string> | undefined;

  add(name: string, value: string): void {
    if (!this.#values.has(name)) this.#values.set(name, value);
    else {
      this.#repeated ??= new Set();
      this.#repeated.add(name);
    }
  }

  /** The first of `names` that came more than once. */
  repeatedOf(names: readonly string[]): string | undefined {
    const repeated = this.#repeated;
    return repeated === undefined ? undefined : names.find((name) => repeated.has(name));
  }

  /**
   * undefined: it was not sent. uWebSockets drops bytes above 127 at either end, as if they were
   * spaces.
   */
  get(name: string): string | undefined {
    return this.#values.get(name);
  }
}
