/** Bodies and queries that are well framed, and traps to whoever parses them. */
import { get, type HostileCase, post, RESERVE, WISH } from './hostile-case.js';

const NO_JSON = '400 malformed_json';
const NOT_VALID = '400 invalid_request';
const body = (says: string, text: string, expect: string): HostileCase => ({
  says,
  send: post(RESERVE, text),
  expect,
});
const user = (text: string): string => `{"userId":${text},"seatIds":["Z99"]}`;

export const JSON_TRAPS: readonly HostileCase[] = [
  body('nothing but blanks', ' \r\n\t ', NO_JSON),
  body('half a body', WISH.slice(0, -1), NO_JSON),
  body('two bodies', WISH + WISH, NO_JSON),
  body('a body and a NUL', `${WISH}\0`, NO_JSON),
  body('a byte order mark', `\xef\xbb\xbf${WISH}`, NO_JSON),
  body('UTF-16', Buffer.from(WISH, 'utf16le').toString('latin1'), NO_JSON),
  body('no UTF-8: latin 1', user('"caf\xe9"'), NO_JSON),
  body('no UTF-8: an overlong slash', user('"\xc0\xaf"'), NO_JSON),
  body('no UTF-8: half a surrogate pair', user('"\xed\xa0\x80"'), NO_JSON),
  body('no UTF-8: half a character at the end', user('"\xe2\x82'), NO_JSON),
  body('an escaped half of a surrogate pair', user('"\\ud800"'), NOT_VALID),
  body('an escaped NUL', user('"\\u0000"'), NOT_VALID),
  body('a pair the wrong way round', user('"\\udc00\\ud800"'), NOT_VALID),
  body(
    'the replacement character itself: a character like any other',
    user('"\xef\xbf\xbd"'),
    '404 seat_not_found',
  ),
  body('depth in a field', user(`${'['.repeat(30_000)}${']'.repeat(30_000)}`), NOT_VALID),
  body('depth of objects', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, NOT_VALID),
  body('depth that is never closed', '['.repeat(65_000), NO_JSON),
  body(
    'the same key twice: the last counts',
    '{"userId":"a","userId":1,"seatIds":["Z99"]}',
    NOT_VALID,
  ),
  body('__proto__', '{"userId":"eve","seatIds":["Z99"],"__proto__":{"admin":true}}', NOT_VALID),
  body(
    '__proto__ in place of fields',
    '{"__proto__":{"userId":"eve","seatIds":["Z99"]}}',
    NOT_VALID,
  ),
  body(
    'constructor.prototype',
    '{"userId":"eve","seatIds":["Z99"],"constructor":{"prototype":{}}}',
    NOT_VALID,
  ),
  body('a toJSON', '{"userId":{"toJSON":1},"seatIds":["Z99"]}', NOT_VALID),
  body(
    'a length of an array that is none',
    '{"userId":"eve","seatIds":{"length":1,"0":"Z99"}}',
    NOT_VALID,
  ),
  body('a number beyond all', '{"userId":"eve","quantity":1e999}', NOT_VALID),
  body(
    'a number with too many digits',
    `{"userId":"eve","quantity":${'9'.repeat(1_000)}}`,
    NOT_VALID,
  ),
  body('a very small part of a seat', '{"userId":"eve","quantity":1e-320}', NOT_VALID),
  body('minus zero', '{"userId":"eve","quantity":-0}', NOT_VALID),
  body('NaN', '{"userId":"eve","quantity":NaN}', NO_JSON),
  body('a number in hex', '{"userId":"eve","quantity":0x1}', NO_JSON),
  body('a leading zero', '{"userId":"eve","quantity":01}', NO_JSON),
  body('a comment', `/* */${WISH}`, NO_JSON),
  body('a comma too many', '{"userId":"eve","seatIds":["Z99"],}', NO_JSON),
  body('single quotes', "{'userId':'eve'}", NO_JSON),
  body('a line end in a string', user('"a\nb"'), NO_JSON),
  body('null', 'null', NOT_VALID),
  body('a list', `[${WISH}]`, NOT_VALID),
  body(
    'a hundred seats and one',
    `{"userId":"eve","seatIds":[${Array.from({ length: 101 }, (_, n) => `"${n}"`).join()}]}`,
    NOT_VALID,
  ),
  body('the same seat twice', '{"userId":"eve","seatIds":["A1","A1"]}', NOT_VALID),
  body('the same seat by label and number', '{"userId":"eve","seatIds":["A1","1"]}', NOT_VALID),
  body('a hold of no time', '{"userId":"eve","seatIds":["A1"],"holdSeconds":0}', NOT_VALID),
  body('a hold for ever', '{"userId":"eve","seatIds":["A1"],"holdSeconds":1e9}', NOT_VALID),
  body(
    'ten thousand fields',
    `{${Array.from({ length: 5_000 }, (_, n) => `"k${n}":1`).join()}}`,
    NOT_VALID,
  ),
  body('markup, sent back as text', user('"<script>alert(1)</script>"'), '404 seat_not_found'),
];

export const QUERIES: readonly HostileCase[] = [
  ...(
    [
      ['a parameter twice', 'limit=1&limit=2'],
      ['a parameter twice, once encoded', 'limit=1&%6cimit=2'],
      ['a list', 'limit[]=1'],
      ['an object', 'limit[a]=1'],
      ['__proto__', '__proto__=1'],
      ['__proto__ with a path', '__proto__[limit]=1'],
      ['a stray percent', 'limit=%'],
      ['no UTF-8', 'limit=%ff'],
      ['a NUL', 'limit=1%00'],
      ['a bare byte beyond ASCII', 'limit=\xe9'],
      ['infinity', 'limit=Infinity'],
      ['an exponent', 'limit=1e2'],
      ['a number beyond 64 bits', `limit=${'9'.repeat(30)}`],
      ['digits of another script', 'limit=%D9%A1'],
      ['a semicolon between parameters', 'limit=1;cursor=x'],
      ['a question mark too many', '?limit=1'],
      ['a name in capitals', 'LIMIT=1'],
    ] as const
  ).map(([says, query]) => ({
    says: `a query with ${says}`,
    send: get(`/v1/events?${query}`),
    expect: NOT_VALID,
  })),
  { says: 'a query of nothing', send: get('/v1/events?'), expect: '200' },
  { says: 'a query of ampersands', send: get(`/v1/events?${'&'.repeat(1_000)}`), expect: '200' },
  {
    says: 'a thousand parameters',
    send: get(`/v1/events?${Array.from({ length: 500 }, (_, n) => `k${n}=`).join('&')}`),
    expect: NOT_VALID,
  },
  { says: 'a plus for a blank', send: get('/v1/events/default/seats?section=a+b'), expect: '200' },
  {
    says: 'a cursor of somebody else',
    send: get('/v1/events?cursor=__proto__'),
    expect: '400 invalid_request',
  },
];
