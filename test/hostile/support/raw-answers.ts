/**
 * HTTP answers out of the bytes of a connection, as strictly as the RFC writes them: what cannot be read so is `garbage`.
 * A client library would forgive, retry or refuse to send in the first place.
 */

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case; the last of a name wins. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

const HEAD_END = '\r\n\r\n';
const STATUS_LINE = /^HTTP\/1\.1 ([1-5]\d\d) [\x20-\x7e]*$/;
const HEADER_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): ?([\x20-\xff]*)$/;

export class RawAnswers {
  readonly answers: RawAnswer[] = [];
  #rest: Buffer = Buffer.alloc(0);
  #garbage: string | undefined;
  readonly #isHead: (answer: number) => boolean;

  /** @param isHead whether the nth answer, from 0, is one to HEAD: it has a length and no body */
  constructor(isHead: (answer: number) => boolean = () => false) {
    this.#isHead = isHead;
  }

  /** Why the bytes are no answers; undefined: they are, so far. */
  get garbage(): string | undefined {
    return this.#garbage;
  }

  /** What follows the last answer: the beginning of one more, or after an upgrade the frames. */
  get rest(): Buffer {
    return this.#rest;
  }

  get isUpgraded(): boolean {
    return this.answers.at(-1)?.status === 101;
  }

  add(bytes: Buffer): void {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    while (this.#garbage === undefined && !this.isUpgraded && this.#take());
  }

  /** @returns whether one more answer was complete */
  #take(): boolean {
    const end = this.#rest.indexOf(HEAD_END);
    if (end === -1) return false;
    const [statusLine = '', ...lines] = this.#rest.toString('latin1', 0, end).split('\r\n');
    const status = Number(STATUS_LINE.exec(statusLine)?.[1]);
    if (Number.isNaN(status)) return this.#isGarbage(statusLine);
    const headers = new Map<string, string>();
    for (const line of lines) {
      const [, name, value = ''] = HEADER_LINE.exec(line) ?? [];
      if (name === undefined) return this.#isGarbage(line);
      headers.set(name.toLowerCase(), value);
    }
    const start = end + HEAD_END.length;
    const length = this.#bodyLength(status, headers);
    if (length === undefined || this.#rest.length < start + length) return false;
    const body = this.#rest.toString('utf8', start, start + length);
    this.#rest = this.#rest.subarray(start + length);
    this.answers.push({ status, headers, body });
    return true;
  }

  /** undefined: up to the end of the connection, as uWebSockets' own refusals are. */
  #bodyLength(status: number, headers: ReadonlyMap<string, string>): number | undefined {
    if (status < 200 || status === 204 || status === 304) return 0;
    if (this.#isHead(this.answers.length)) return 0;
    const length = headers.get('content-length');
    if (length === undefined) return this.#rest.length - this.#rest.indexOf(HEAD_END) - 4;
    return /^\d{1,12}$/.test(length) ? Number(length) : undefined;
  }

  #isGarbage(what: string): false {
    this.#garbage = what.slice(0, 200);
    return false;
  }
}

/** The code of an answer that is a problem (RFC 9457); an answer to HEAD has none to show. */
export function codeOf({ headers, body }: RawAnswer): string | undefined {
  if (body === '' || !/^application\/problem\+json/.test(headers.get('content-type') ?? ''))
    return undefined;
  const { code } = JSON.parse(body) as { code?: unknown }; // the type says that it is an object
  return typeof code === 'string' ? code : undefined;
}
