/** Calls `end` once in an event-loop turn in which it was wanted, after the messages of that turn have been read. */
export class Turn {
  #scheduled = false;
  readonly #end: () => void;

  constructor(end: () => void) {
    this.#end = end;
  }

  want(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#end();
    });
  }
}
