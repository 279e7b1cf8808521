/** Header lines (RFC 9112 §5, RFC 9110 §7): hosts, doubles, odd bytes, sizes, and headers that want something of the connection. */
import {
  CUT,
  framed,
  get,
  HOST,
  type HostileCase,
  PAUSE,
  post,
  REFUSED,
  RESERVE,
  WISH,
} from './hostile-case.js';

const READ = '404 seat_not_found';
const hosted = (lines: string): string => `GET /livez HTTP/1.1\r\n${lines}\r\n`;

export const HOSTS: readonly HostileCase[] = [
  { says: 'no Host', send: hosted(''), expect: CUT },
  { says: 'two Hosts', send: hosted(`${HOST}Host: evil.example\r\n`), expect: REFUSED },
  { says: 'the same Host twice', send: hosted(HOST + HOST), expect: REFUSED },
  { says: 'an empty Host', send: hosted('Host:\r\n'), expect: '403 forbidden' },
  {
    says: 'a foreign Host: DNS rebinding',
    send: hosted('Host: evil.example\r\n'),
    expect: '403 forbidden',
  },
  {
    says: 'a foreign Host that starts as ours',
    send: hosted('Host: localhost.evil.example\r\n'),
    expect: '403 forbidden',
  },
  {
    says: 'a foreign Host that ends as ours',
    send: hosted('Host: evillocalhost\r\n'),
    expect: '403 forbidden',
  },
  {
    says: 'a Host with a user',
    send: hosted('Host: localhost@evil.example\r\n'),
    expect: '403 forbidden',
  },
  {
    says: 'a Host that is a list',
    send: hosted('Host: localhost, evil.example\r\n'),
    expect: '403 forbidden',
  },
  { says: 'a Host with a path', send: hosted('Host: localhost/x\r\n'), expect: '403 forbidden' },
  {
    says: 'a Host with a blank in it',
    send: hosted('Host: localhost evil.example\r\n'),
    expect: '403 forbidden',
  },
  { says: 'a port that is none', send: hosted('Host: localhost:80x\r\n'), expect: '403 forbidden' },
  {
    says: 'an address that is none',
    send: hosted('Host: 127.0.0.1.evil.example\r\n'),
    expect: '403 forbidden',
  },
  { says: 'an address in decimal', send: hosted('Host: 2130706433\r\n'), expect: '403 forbidden' },
  {
    says: 'a foreign X-Forwarded-Host beside our own: not believed',
    send: hosted(`${HOST}X-Forwarded-Host: evil.example\r\n`),
    expect: '200',
  },
  { says: 'a Host in capitals', send: hosted('HOST: LOCALHOST:8080\r\n'), expect: '200' },
  { says: 'IPv6', send: hosted('Host: [::1]:8080\r\n'), expect: '200' },
  {
    says: 'a page of another origin that posts',
    send: post(RESERVE, WISH, 'Origin: https://evil.example\r\n'),
    expect: '403 forbidden',
  },
  {
    says: 'a page of no origin that posts',
    send: post(RESERVE, WISH, 'Origin: null\r\n'),
    expect: '403 forbidden',
  },
  {
    says: 'an X-Original-URL: not believed',
    send: get('/nowhere', 'X-Original-URL: /livez\r\nX-Rewrite-URL: /livez\r\n'),
    expect: '404 route_not_found',
  },
  {
    says: 'an X-HTTP-Method-Override: not believed',
    send: get('/v1/events', 'X-HTTP-Method-Override: DELETE\r\n'),
    expect: '200',
  },
];

export const LINES: readonly HostileCase[] = [
  { says: 'a line without a colon', send: get('/livez', 'nonsense\r\n'), expect: CUT },
  {
    says: 'a line without a name: uWebSockets looks no further',
    send: get('/livez', ': value\r\n'),
    expect: '200',
  },
  {
    says: 'a line without a name hides the length behind it, so the body is no body',
    send: framed(`: value\r\nContent-Length: ${WISH.length}\r\n`),
    expect: '505 closed',
  },
  {
    says: 'a blank before a name',
    send: `GET /livez HTTP/1.1\r\n X: 1\r\n${HOST}\r\n`,
    expect: CUT,
  },
  { says: 'a blank in a name', send: get('/livez', 'X Y: 1\r\n'), expect: CUT },
  { says: 'a blank behind a name', send: get('/livez', 'X : 1\r\n'), expect: CUT },
  { says: 'a folded line', send: get('/livez', 'X: 1\r\n 2\r\n'), expect: CUT },
  { says: 'a line folded by a tab', send: get('/livez', 'X: 1\r\n\t2\r\n'), expect: CUT },
  { says: 'a bare LF between lines', send: get('/livez', 'X: 1\nY: 2\r\n'), expect: CUT },
  { says: 'a bare CR in a value', send: get('/livez', 'X: 1\r2\r\n'), expect: CUT },
  { says: 'a bare LF for the empty line', send: `GET /livez HTTP/1.1\r\n${HOST}\n`, expect: CUT },
  { says: 'a NUL in a value', send: get('/livez', 'X: 1\x002\r\n'), expect: CUT },
  { says: 'a NUL in a name', send: get('/livez', 'X\0: 1\r\n'), expect: CUT },
  { says: 'a bell in a value', send: get('/livez', 'X: \x07\r\n'), expect: CUT },
  { says: 'a slash in a name', send: get('/livez', 'X/Y: 1\r\n'), expect: CUT },
  { says: 'a letter beyond ASCII in a name', send: get('/livez', 'caf\xe9: 1\r\n'), expect: CUT },
  {
    says: 'a letter beyond ASCII in a value',
    send: get('/livez', 'X: caf\xe9s\r\n'),
    expect: '200',
  },
  {
    says: 'a name that is __proto__: uWebSockets reads letters, digits and hyphens only',
    send: get('/livez', '__proto__: 1\r\n'),
    expect: CUT,
  },
  {
    says: 'a name that is constructor',
    send: get('/livez', 'constructor: 1\r\ntoString: 1\r\n'),
    expect: '200',
  },
  { says: 'an empty value', send: get('/livez', 'X:\r\n'), expect: '200' },
  { says: 'the head in many packets', send: [...get('/livez')].map((byte) => byte), expect: '200' },
];

export const SIZES: readonly HostileCase[] = [
  {
    says: 'a value of 3,000 characters',
    send: get('/livez', `X: ${'x'.repeat(3_000)}\r\n`),
    expect: '200',
  },
  {
    says: 'a value of 10,000 characters in two packets',
    send: [get('/livez', `X: ${'x'.repeat(10_000)}\r\n`).slice(0, 9_000), PAUSE, 'x'],
    expect: '431 closed',
  },
  {
    says: 'a value of a megabyte',
    send: get('/livez', `X: ${'x'.repeat(1_048_576)}\r\n`),
    expect: '431 closed',
  },
  {
    says: 'a name of a megabyte',
    send: get('/livez', `${'x'.repeat(1_048_576)}: 1\r\n`),
    expect: '431 closed',
  },
  { says: '90 headers', send: get('/livez', 'X: 1\r\n'.repeat(90)), expect: '200' },
  {
    says: '300 headers',
    send: get('/livez', 'X: 1\r\n'.repeat(300)),
    expect: 'closed | 431 closed',
  },
  {
    says: '10,000 headers',
    send: get('/livez', 'X: 1\r\n'.repeat(10_000)),
    expect: 'closed | 431 closed',
  },
  {
    says: 'a body of one byte too many',
    send: post(RESERVE, 'x'.repeat(65_537)),
    expect: '413 body_too_large closed',
  },
  {
    says: 'a body of the limit',
    send: post(RESERVE, `${WISH}${' '.repeat(65_536 - WISH.length)}`),
    expect: READ,
  },
  {
    says: 'an announced terabyte',
    send: framed('Content-Length: 1099511627776\r\n', ''),
    expect: '413 body_too_large closed',
  },
  {
    says: 'an event of more than 8 MiB',
    send: post('/v1/events', `{"name":"${'x'.repeat(8 * 1_048_576)}"}`),
    expect: '413 body_too_large closed',
  },
];

export const TYPES: readonly HostileCase[] = [
  ...[
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonx',
    'application/json, text/plain',
    'application/json; charset=utf-16',
    'application/json; charset=latin1',
    '',
  ].map(
    (type): HostileCase => ({
      says: `a body of type "${type}"`,
      send: `POST ${RESERVE} HTTP/1.1\r\n${HOST}Content-Type: ${type}\r\nContent-Length: ${WISH.length}\r\n\r\n${WISH}`,
      expect: '415 unsupported_media_type',
    }),
  ),
  {
    says: 'two types',
    send: framed(`Content-Length: ${WISH.length}\r\nContent-Type: text/plain\r\n`),
    expect: REFUSED,
  },
  {
    says: 'a body without a type',
    send: `POST ${RESERVE} HTTP/1.1\r\n${HOST}Content-Length: ${WISH.length}\r\n\r\n${WISH}`,
    expect: '415 unsupported_media_type',
  },
  {
    says: 'a body that is compressed',
    send: framed(`Content-Length: ${WISH.length}\r\nContent-Encoding: gzip\r\n`),
    expect: '415 unsupported_media_type',
  },
  {
    says: 'two idempotency keys',
    send: post(RESERVE, WISH, 'Idempotency-Key: a\r\nIdempotency-Key: b\r\n'),
    expect: REFUSED,
  },
  {
    says: 'an empty idempotency key',
    send: post(RESERVE, WISH, 'Idempotency-Key:\r\n'),
    expect: '400 invalid_request',
  },
  {
    says: 'an idempotency key of 256 characters',
    send: post(RESERVE, WISH, `Idempotency-Key: ${'k'.repeat(256)}\r\n`),
    expect: '400 invalid_request',
  },
  {
    says: 'an idempotency key with a blank',
    send: post(RESERVE, WISH, 'Idempotency-Key: a b\r\n'),
    expect: '400 invalid_request',
  },
  {
    says: 'a request id that would be a header',
    send: get('/livez', 'X-Request-Id: a;b=<script>\r\n'),
    expect: '200',
    shows: /x-request-id: [\w.-]{8,128}\n/,
  },
  {
    says: 'If-None-Match: *',
    send: get('/v1/events/default', 'If-None-Match: *\r\n'),
    expect: '304',
  },
  {
    says: 'a thousand etags',
    send: get('/v1/events/default', `If-None-Match: ${'"x",'.repeat(700)}"y"\r\n`),
    expect: '200',
  },
  {
    says: 'a range: not served',
    send: get('/v1/events/default', 'Range: bytes=0-1,0-2,0-3\r\n'),
    expect: '200',
  },
];

export const CONNECTIONS: readonly HostileCase[] = [
  { says: 'Connection: close', send: get('/livez', 'Connection: close\r\n'), expect: '200 closed' },
  {
    says: 'Connection: Close, in capitals and a list',
    send: get('/livez', 'Connection: x, CLOSE\r\n'),
    expect: '200 closed',
  },
  {
    says: 'Connection: keep-alive',
    send: get('/livez', 'Connection: keep-alive\r\n'),
    expect: '200',
  },
  {
    says: 'Connection: of a header that matters',
    send: post(RESERVE, WISH, 'Connection: Content-Length, Host\r\n'),
    expect: READ,
  },
  {
    says: 'Expect: 100-continue, and the body follows',
    send: framed(`Content-Length: ${WISH.length}\r\nExpect: 100-continue\r\n`),
    expect: `100 ${READ}`,
  },
  {
    says: 'Expect: of something else',
    send: framed(`Content-Length: ${WISH.length}\r\nExpect: 200-ok\r\n`),
    expect: READ,
  },
  {
    says: 'an upgrade to h2c: not taken',
    send: get(
      '/livez',
      'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n',
    ),
    expect: '200',
  },
  {
    says: 'an upgrade to WebSocket where there is no feed',
    send: get(
      '/livez',
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n',
    ),
    expect: '200',
  },
  {
    says: 'an upgrade by POST',
    send: post(
      '/v1/events/default/feed',
      '',
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n',
    ),
    expect: '405 method_not_allowed',
  },
  {
    says: 'an upgrade to something else',
    send: get(
      '/v1/events/default/feed',
      'Connection: Upgrade\r\nUpgrade: x\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n',
    ),
    expect: '400 invalid_request',
  },
  {
    says: 'an upgrade with a key that is none',
    send: get(
      '/v1/events/default/feed',
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n',
    ),
    expect: '400 invalid_request',
  },
  {
    says: 'an upgrade with a key of 3,000 characters',
    send: get(
      '/v1/events/default/feed',
      `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${'A'.repeat(3_000)}\r\n`,
    ),
    expect: '400 invalid_request',
  },
  {
    says: 'an upgrade without a key',
    send: get(
      '/v1/events/default/feed',
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n',
    ),
    expect: '400 invalid_request',
  },
  {
    says: 'two keys of an upgrade',
    send: get(
      '/v1/events/default/feed',
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Key: BAAAAAAAAAAAAAAAAAAAAA==\r\n',
    ),
    expect: REFUSED,
  },
];
