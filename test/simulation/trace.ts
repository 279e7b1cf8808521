/** What happened in a world: a digest of every single step, and the lines that a person wants to read. */
import { createHash } from 'node:crypto';

/** Of a long run, what happened last is what matters. */
const LINES_MAX = 20_000;

export class Trace {
  readonly #hash = createHash('sha256');
  #lines: string[] = [];
  #waiting: string[] = [];

  /** A step, of which nobody needs to read. */
  step(what: string): void {
    this.#waiting.push(what);
    if (this.#waiting.length >= 1_000) this.#digest();
  }

  note(time: number, line: string): void {
    const text = `${time} ${line}`;
    this.step(text);
    this.#lines.push(text);
    if (this.#lines.length > LINES_MAX) this.#lines = this.#lines.slice(-LINES_MAX / 2);
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Equal in two runs if and only if every step was. To be taken once, at the end. */
  hash(): string {
    this.#digest();
    return this.#hash.digest('hex');
  }

  #digest(): void {
    this.#hash.update(this.#waiting.join('\n'));
    this.#waiting = [];
  }
}
