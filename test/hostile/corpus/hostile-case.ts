/**
 * A hostile request and its answer, as data. What is sent is text in which every character is one byte (`\xff`), or bytes.
 */

export interface HostileCase {
  /** What is wrong, or odd, in a few words. */
  readonly says: string;
  /** Parts are sent one after another, `PAUSE` between packets and `drip` byte by byte. */
  readonly send: Sent | readonly Sent[];
  /**
   * The answers, in order: status and, of a problem, its code; `closed` where the connection ends with them. `closed` alone:
   * ended without an answer. Without `closed` the connection goes on, and the next request on it is answered rightly.
   * ` | ` is between endings that are equally right; all of them close, or none.
   */
  readonly expect: string;
  /** The answers are those to HEAD. */
  readonly isHead?: true;
  /** Has to be in the first answer: a header line in lower case, or a part of the body. */
  readonly shows?: RegExp;
}

/** Refused before anything behind it is looked at, by the gateway or by uWebSockets. */
export const REFUSED = '400 invalid_request closed | 400 closed';
/** A head that uWebSockets cannot read: it says so, or says nothing and closes when its patience is over. */
export const CUT = 'closed | 400 closed';
/** The same of a first line: it takes everything that does not end in its version for another version. */
export const NO_LINE = '505 closed';

export type Sent = string | Buffer | Slowly;

/** Bytes with time between them. */
export interface Slowly {
  readonly ms: number;
  /** One by one; after the last there is silence. */
  readonly bytes: string;
}

/** What comes next comes in another packet. */
export const PAUSE: Slowly = { ms: 60, bytes: '' };

/** One byte at a time, `ms` between them. */
export function drip(bytes: string, ms: number): Slowly {
  return { ms, bytes };
}

export const HOST = 'Host: localhost\r\n';
export const JSON_TYPE = 'Content-Type: application/json\r\n';

/** `GET path` with more header lines, each with its `\r\n`. */
export function get(path: string, lines = ''): string {
  return `GET ${path} HTTP/1.1\r\n${HOST}${lines}\r\n`;
}

/** A wish for a seat that there is not: read and understood, it is answered 404 `seat_not_found`. */
export const WISH = '{"userId":"eve","seatIds":["Z99"]}';
export const RESERVE = '/v1/events/default/reservations';

/** A POST of JSON with its right length. */
export function post(path: string, body: string, lines = ''): string {
  const length = `Content-Length: ${Buffer.byteLength(body, 'latin1')}\r\n`;
  return `POST ${path} HTTP/1.1\r\n${HOST}${JSON_TYPE}${length}${lines}\r\n${body}`;
}

/** A POST of a wish whose framing is what `lines` say, with `body` behind it as it is. */
export function framed(lines: string, body = WISH): string {
  return `POST ${RESERVE} HTTP/1.1\r\n${HOST}${JSON_TYPE}${lines}\r\n${body}`;
}

/** A POST of the wish, chunked as `chunks` have it. */
export function chunked(chunks: string, lines = ''): string {
  return framed(`Transfer-Encoding: chunked\r\n${lines}`, chunks);
}

export const WISH_CHUNK = `${WISH.length.toString(16)}\r\n${WISH}\r\n`;

/** What an attacker would have the server take for a request; where it is taken for one, there is an event `smuggled`. */
export const SMUGGLED_EVENT = 'smuggled';
const SMUGGLED_BODY = `{"id":"${SMUGGLED_EVENT}","name":"x","totalSeats":1}`;
export const SMUGGLED = post('/v1/events', SMUGGLED_BODY);
