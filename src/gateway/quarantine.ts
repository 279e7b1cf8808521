/**
 * Peers whose bytes cannot be trusted for the rest of this turn of the event loop.
 *
 * uWebSockets reads every request in a packet before it closes the connection that one of them was
 * answered on with "close": behind a body whose end is open to two readings, the next request may
 * be smuggled. Connections have no names here, but addresses do, and a packet is read in one turn.
 * Another connection of the same address that happens to be read in the same turn is closed too,
 * unanswered and untouched.
 */
export class Quarantine {
  readonly #addresses = new Set<string>();

  /** The hot path asks for nothing more. */
  get isEmpty(): boolean {
    return this.#addresses.size === 0;
  }

  has(address: string): boolean {
    return this.#addresses.has(address);
  }

  /** Until everything that has arrived is read. */
  add(address: string): void {
    if (this.isEmpty) setImmediate(() => this.#addresses.clear());
    this.#addresses.add(address);
  }
}
