/** One line that is rewritten where the output is a terminal, and a plain line now and then where it is not. */

/** What of a terminal, a pipe or a file is used; `process.stdout` is one. */
export interface LineOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const LIVE_MS = 500;
const PLAIN_MS = 2_000;
const COLUMNS_DEFAULT = 80;
const SEPARATOR = ' · ';
/** To the start of the line, and erase to its end (ECMA-48: CR, EL). */
const ERASE = '\r\u001b[K';

export class LiveLine {
  readonly #output: LineOutput;
  #isDrawn = false;

  constructor(output: LineOutput) {
    this.#output = output;
  }

  /** How often a new line is worth showing, milliseconds. */
  get everyMs(): number {
    return this.#output.isTTY === true ? LIVE_MS : PLAIN_MS;
  }

  /** @param fields the most important first: what does not fit the terminal is left out from the end. */
  show(fields: readonly string[]): void {
    if (this.#output.isTTY !== true) {
      this.#output.write(`${fields.join(SEPARATOR)}\n`);
      return;
    }
    const columns = this.#output.columns ?? COLUMNS_DEFAULT;
    this.#output.write(`${ERASE}${fitted(fields, columns - 1)}`);
    this.#isDrawn = true;
  }

  /** Lines that stay; the live one makes room for them. */
  print(lines: readonly string[]): void {
    const text = lines.map((line) => `${line}\n`).join('');
    this.#output.write(this.#isDrawn ? `${ERASE}${text}` : text);
    this.#isDrawn = false;
  }
}

/** Whole fields, as many as fit; of the first, at least its beginning. */
function fitted(fields: readonly string[], columnsMax: number): string {
  let line = fields[0]?.slice(0, columnsMax) ?? '';
  for (const field of fields.slice(1)) {
    const longer = `${line}${SEPARATOR}${field}`;
    if (longer.length > columnsMax) break;
    line = longer;
  }
  return line;
}
