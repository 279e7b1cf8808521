/**
 * Where a body ends (RFC 9112 §6, §7): lengths, encodings and chunks that two readers may read differently. Behind many stands
 * what would be a request of its own, were the body read the other way.
 */
import {
  CUT,
  chunked,
  framed,
  get,
  type HostileCase,
  PAUSE,
  REFUSED,
  SMUGGLED,
  WISH,
  WISH_CHUNK,
} from './hostile-case.js';

const LENGTH = `Content-Length: ${WISH.length}\r\n`;
const CHUNKED = 'Transfer-Encoding: chunked\r\n';
const READ = '404 seat_not_found';
/** What is chunked is answered and closed: nothing behind it is looked at (src/gateway/exchange.ts). */
const LAST = `${READ} closed`;
/** The chunks are not clear: answered for what uWebSockets takes them for, or not at all, and closed. */
const BAD_CHUNKS = `400 closed | 505 closed | closed | ${LAST}`;

/** Content-Length and Transfer-Encoding: refused, and nothing behind them is looked at. */
export const SMUGGLING: readonly HostileCase[] = [
  ...(
    [
      ['a length and a shorter one', `${LENGTH}Content-Length: 0\r\n`],
      ['a shorter length and the right one', `Content-Length: 0\r\n${LENGTH}`],
      ['two lengths that agree', LENGTH + LENGTH],
      ['a length of nothing but blanks', 'Content-Length:  \t \r\n'],
      ['a length with a plus', `Content-Length: +${WISH.length}\r\n`],
      ['a length with an underscore', 'Content-Length: 3_4\r\n'],
      ['a length with a comma', 'Content-Length: 34,34\r\n'],
      ['a length with a blank in it', 'Content-Length: 3 4\r\n'],
      ['a length in octal', 'Content-Length: 0o42\r\n'],
      ['a length in hex', 'Content-Length: 0x22\r\n'],
      ['a length with an exponent', 'Content-Length: 34e0\r\n'],
      ['a length in quotes', `Content-Length: "${WISH.length}"\r\n`],
      ['a length with a semicolon', `Content-Length: ${WISH.length};a=b\r\n`],
      ['a length below zero', 'Content-Length: -34\r\n'],
      ['a length beyond 64 bits', 'Content-Length: 18446744073709551650\r\n'],
      ['a length beyond all bounds', `Content-Length: ${'9'.repeat(200)}\r\n`],
      ['CL.TE', LENGTH + CHUNKED],
      ['TE.CL', CHUNKED + LENGTH],
      ['CL.TE with a length of zero', `Content-Length: 0\r\n${CHUNKED}`],
      ['TE.TE, the second hidden', `${CHUNKED}Transfer-Encoding: x\r\n`],
      ['TE.TE, the first hidden', `Transfer-Encoding: x\r\n${CHUNKED}`],
      ['chunked twice', CHUNKED + CHUNKED],
      ['chunked, chunked', 'Transfer-Encoding: chunked, chunked\r\n'],
      ['gzip, chunked', 'Transfer-Encoding: gzip, chunked\r\n'],
      ['chunked, identity', 'Transfer-Encoding: chunked, identity\r\n'],
      ['chunked with a parameter', 'Transfer-Encoding: chunked;q=1\r\n'],
      ['chunked in quotes', 'Transfer-Encoding: "chunked"\r\n'],
      ['xchunked', 'Transfer-Encoding: xchunked\r\n'],
      ['chunked with a letter beyond ASCII', 'Transfer-Encoding: chun\xe7ked\r\n'],
      ['identity and a length', `Transfer-Encoding: identity\r\n${LENGTH}`],
      ['an empty encoding and a length', `Transfer-Encoding:\r\n${LENGTH}`],
    ] as const
  ).map(([says, lines]) => ({ says, send: framed(lines, WISH + SMUGGLED), expect: REFUSED })),
  ...(
    [
      ['a blank before the colon of the length', `Content-Length : ${WISH.length}\r\n`],
      ['a tab before the colon of the encoding', 'Transfer-Encoding\t: chunked\r\n'],
      ['a length on a folded line', `X: 1\r\n ${LENGTH}`],
      ['an encoding folded', 'Transfer-Encoding:\r\n chunked\r\n'],
      ['an encoding behind a vertical tab', 'Transfer-Encoding: \x0bchunked\r\n'],
      ['an encoding behind a NUL', 'Transfer-Encoding: \0chunked\r\n'],
      ['an encoding behind a bare CR', 'X: 1\rTransfer-Encoding: chunked\r\n'],
      ['an encoding behind a bare LF', `X: 1\nTransfer-Encoding: chunked\r\n${LENGTH}`],
      ['a length behind a bare LF', `X: 1\n${LENGTH}`],
      ['a length whose name has a control character', `Content-\x01Length: 5\r\n${LENGTH}`],
      ['a length whose name has a NUL', `Content-Length\0: 5\r\n${LENGTH}`],
    ] as const
  ).map(([says, lines]) => ({ says, send: framed(lines, WISH + SMUGGLED), expect: CUT })),
  {
    says: 'a GET with two lengths, and a request in its body',
    send: `GET /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${SMUGGLED.length}\r\nContent-Length: 0\r\n\r\n${SMUGGLED}`,
    expect: REFUSED,
  },
];

function getChunked(chunks: string): string {
  return get('/livez', CHUNKED) + chunks;
}

function typed(chunks: string): string {
  return chunked(chunks).replace('application/json', 'text/plain');
}

/** Bodies that are clear, however odd, and those that break off. */
export const BODIES: readonly HostileCase[] = [
  {
    says: 'a GET with a body: the request in the body is not taken for one',
    send: `GET /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`,
    expect: '200',
  },
  {
    says: 'a route that is not there, with a request in its body',
    send: `POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`,
    expect: '404 route_not_found',
  },
  {
    says: 'a method that is not allowed, with a chunked request in its body',
    send: `DELETE /livez HTTP/1.1\r\nHost: localhost\r\n${CHUNKED}\r\n${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`,
    expect: '405 method_not_allowed closed',
  },
  {
    says: 'a length with leading zeros',
    send: framed(`Content-Length: 0${WISH.length}\r\n`),
    expect: READ,
  },
  {
    says: 'a length within tabs',
    send: framed(`Content-Length:\t${WISH.length}\t\r\n`),
    expect: READ,
  },
  { says: 'a header name in capitals', send: framed(LENGTH.toUpperCase()), expect: READ },
  { says: 'a body in two packets', send: [framed(LENGTH, ''), PAUSE, WISH], expect: READ },
  {
    says: 'a body that starts with the head',
    send: [framed(LENGTH, WISH.slice(0, 3)), PAUSE, WISH.slice(3)],
    expect: READ,
  },
  {
    says: 'a body too short, and then its rest',
    send: [framed(LENGTH, WISH.slice(0, 20)), PAUSE, WISH.slice(20)],
    expect: READ,
  },
  {
    says: 'a body without a length: no body, and a line that is none',
    send: framed(''),
    expect: '505 closed',
  },
  {
    says: 'a length of zero',
    send: framed('Content-Length: 0\r\n', ''),
    expect: '400 invalid_request',
  },
];

export const CHUNKS: readonly HostileCase[] = [
  { says: 'one chunk', send: chunked(`${WISH_CHUNK}0\r\n\r\n`), expect: LAST },
  {
    says: 'a chunk a byte',
    send: chunked(`${[...WISH].map((byte) => `1\r\n${byte}\r\n`).join('')}0\r\n\r\n`),
    expect: LAST,
  },
  {
    says: 'chunks in packets that cut them',
    send: [
      chunked(WISH_CHUNK.slice(0, 9)),
      PAUSE,
      WISH_CHUNK.slice(9),
      PAUSE,
      '0\r',
      PAUSE,
      '\n\r\n',
    ],
    expect: LAST,
  },
  {
    says: 'chunked in capitals',
    send: framed('Transfer-Encoding: CHUNKED\r\n', `${WISH_CHUNK}0\r\n\r\n`),
    expect: LAST,
  },
  {
    says: 'a size in capitals',
    send: chunked(`${WISH_CHUNK.slice(0, 2).toUpperCase()}${WISH_CHUNK.slice(2)}0\r\n\r\n`),
    expect: LAST,
  },
  { says: 'a size with leading zeros', send: chunked(`000${WISH_CHUNK}0\r\n\r\n`), expect: LAST },
  {
    says: 'a chunk extension: uWebSockets knows none',
    send: chunked(`22;name=value\r\n${WISH}\r\n0\r\n\r\n`),
    expect: '400 closed',
  },
  { says: 'chunks of nothing', send: chunked('0\r\n\r\n'), expect: '400 invalid_request closed' },
  {
    says: 'more than the limit, in chunks',
    send: chunked(`11000\r\n${'x'.repeat(0x11000)}\r\n0\r\n\r\n`),
    expect: '413 body_too_large closed',
  },
  {
    says: 'a size that is no number',
    send: chunked(`zz\r\n${WISH}\r\n0\r\n\r\n`),
    expect: BAD_CHUNKS,
  },
  { says: 'no size', send: chunked(`\r\n${WISH}\r\n0\r\n\r\n`), expect: BAD_CHUNKS },
  { says: 'a size below zero', send: chunked(`-22\r\n${WISH}\r\n0\r\n\r\n`), expect: BAD_CHUNKS },
  { says: 'a size with 0x', send: chunked(`0x22\r\n${WISH}\r\n0\r\n\r\n`), expect: BAD_CHUNKS },
  {
    says: 'a size with a blank in front',
    send: chunked(` 22\r\n${WISH}\r\n0\r\n\r\n`),
    expect: BAD_CHUNKS,
  },
  {
    says: 'a size beyond 64 bits',
    send: chunked(`10000000000000022\r\n${WISH}\r\n0\r\n\r\n`),
    expect: BAD_CHUNKS,
  },
  {
    says: 'a size of 63 bits',
    send: chunked(`7fffffffffffffff\r\n${WISH}\r\n0\r\n\r\n`),
    expect: BAD_CHUNKS,
  },
  {
    says: 'a chunk shorter than its data',
    send: chunked(`5\r\n${WISH}\r\n0\r\n\r\n`),
    expect: BAD_CHUNKS,
  },
  { says: 'a chunk without its CRLF', send: chunked(`22\r\n${WISH}0\r\n\r\n`), expect: BAD_CHUNKS },
  {
    says: 'a size that ends in a bare LF',
    send: chunked(`22\n${WISH}\r\n0\r\n\r\n`),
    expect: BAD_CHUNKS,
  },
  {
    says: 'a chunk that ends in a bare LF',
    send: chunked(`22\r\n${WISH}\n0\r\n\r\n`),
    expect: BAD_CHUNKS,
  },
  {
    says: 'a size that ends in a bare CR',
    send: chunked(`22\r${WISH}\r\n0\r\n\r\n`),
    expect: BAD_CHUNKS,
  },
  {
    says: 'an extension with a line in it',
    send: chunked(`22;a\nb\r\n${WISH}\r\n0\r\n\r\n`),
    expect: BAD_CHUNKS,
  },
  {
    says: 'a last chunk without its end, and a request',
    send: chunked(`${WISH_CHUNK}0\r\n${SMUGGLED}`),
    expect: BAD_CHUNKS,
  },
  {
    says: 'trailers: not served',
    send: chunked(`${WISH_CHUNK}0\r\nX: 1\r\n\r\n`),
    expect: '505 closed',
  },
  {
    says: 'a trailer that would be a request',
    send: chunked(`${WISH_CHUNK}0\r\nxxGET: / HTTP/1.1\r\nHost: localhost\r\n\r\n`),
    expect: 'closed',
  },
  {
    says: 'a trailer that would be a request, behind a GET',
    send: getChunked(`0\r\nxxGET: / HTTP/1.1\r\nHost: localhost\r\n\r\n`),
    expect: 'closed',
  },
  {
    says: 'two bytes of anything for the end of a chunked GET, and a request',
    send: getChunked(`0\r\nxx${SMUGGLED}`),
    expect: 'closed',
  },
  {
    says: 'the same, and the request in the next packet',
    send: [getChunked('0\r\nxx'), PAUSE, SMUGGLED],
    expect: '200 closed',
  },
  {
    says: 'the same where the type is refused',
    send: typed(`0\r\nxx${SMUGGLED}`),
    expect: 'closed',
  },
  {
    says: 'chunks of a type that is refused',
    send: typed(`${WISH_CHUNK}0\r\n\r\n`),
    expect: '415 unsupported_media_type closed',
  },
  { says: 'a chunked GET', send: getChunked(`${WISH_CHUNK}0\r\n\r\n`), expect: '200 closed' },
  {
    says: 'a chunked request, and one more behind it',
    send: chunked(`${WISH_CHUNK}0\r\n\r\n${get('/livez')}`),
    expect: 'closed',
  },
];
