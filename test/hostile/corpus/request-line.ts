/** The first line (RFC 9112 §3): methods, versions, the forms a target may have, and what percent-encoding can hide in it. */
import { get, HOST, type HostileCase, NO_LINE, PAUSE, post, WISH } from './hostile-case.js';

const line = (text: string): string => `${text}\r\n${HOST}\r\n`;
const encoded = (path: string) => ({ says: `GET ${path}`, send: get(path) });

export const METHODS: readonly HostileCase[] = [
  {
    says: 'HEAD',
    send: line('HEAD /livez HTTP/1.1'),
    isHead: true,
    expect: '200',
    shows: /content-length: [1-9]/,
  },
  {
    says: 'HEAD of what is not there',
    send: line('HEAD /nowhere HTTP/1.1'),
    isHead: true,
    expect: '404',
    shows: /content-length: [1-9]/,
  },
  {
    says: 'HEAD of an event',
    send: line('HEAD /v1/events/default HTTP/1.1'),
    isHead: true,
    expect: '200',
    shows: /etag: /,
  },
  {
    says: 'OPTIONS',
    send: line('OPTIONS /livez HTTP/1.1'),
    expect: '204',
    shows: /allow: GET, HEAD, OPTIONS/,
  },
  {
    says: 'OPTIONS of what is not there',
    send: line('OPTIONS /nowhere HTTP/1.1'),
    expect: '404 route_not_found',
  },
  { says: 'OPTIONS *', send: line('OPTIONS * HTTP/1.1'), expect: NO_LINE },
  {
    says: 'TRACE: nothing is sent back',
    send: line('TRACE /livez HTTP/1.1'),
    expect: '405 method_not_allowed',
    shows: /allow: GET, HEAD, OPTIONS/,
  },
  {
    says: 'CONNECT to a path',
    send: line('CONNECT /livez HTTP/1.1'),
    expect: '405 method_not_allowed',
  },
  { says: 'CONNECT to a host', send: line('CONNECT localhost:80 HTTP/1.1'), expect: NO_LINE },
  {
    says: 'PUT',
    send: line('PUT /v1/events/default HTTP/1.1'),
    expect: '405 method_not_allowed',
    shows: /allow: GET, PATCH, DELETE, HEAD, OPTIONS/,
  },
  {
    says: 'DELETE where there is only POST',
    send: line('DELETE /v1/events/default/reservations HTTP/1.1'),
    expect: '405 method_not_allowed',
    shows: /allow: POST, OPTIONS/,
  },
  {
    says: 'a method of nobody',
    send: line('BREW /livez HTTP/1.1'),
    expect: '405 method_not_allowed',
  },
  {
    says: 'a method in small letters: methods are case-sensitive',
    send: line('get /livez HTTP/1.1'),
    expect: '405 method_not_allowed',
  },
  {
    says: 'head in small letters: no HEAD, so the answer has its body',
    send: line('head /livez HTTP/1.1'),
    expect: '405 method_not_allowed',
  },
  {
    says: 'options in small letters: no OPTIONS',
    send: line('options /livez HTTP/1.1'),
    expect: '405 method_not_allowed',
  },
  {
    says: 'a method in both',
    send: line('Post /v1/events/default/reservations HTTP/1.1'),
    expect: '405 method_not_allowed',
  },
  {
    says: 'a method of a thousand letters',
    send: line(`${'X'.repeat(1_000)} /livez HTTP/1.1`),
    expect: '405 method_not_allowed',
  },
  {
    says: 'a method with a control character',
    send: line('GE\x01T /livez HTTP/1.1'),
    expect: NO_LINE,
  },
  {
    says: 'a method with a colon',
    send: line('GE:T /livez HTTP/1.1'),
    expect: '405 method_not_allowed',
  },
  { says: 'no method', send: line(' /livez HTTP/1.1'), expect: '405 method_not_allowed' },
  { says: 'only a method', send: line('GET'), expect: NO_LINE },
];

export const VERSIONS: readonly HostileCase[] = [
  { says: 'HTTP/1.0', send: line('GET /livez HTTP/1.0'), expect: '505 closed' },
  { says: 'HTTP/1.2', send: line('GET /livez HTTP/1.2'), expect: '505 closed' },
  { says: 'HTTP/2.0', send: line('GET /livez HTTP/2.0'), expect: '505 closed' },
  { says: 'HTTP/11', send: line('GET /livez HTTP/11'), expect: NO_LINE },
  { says: 'http/1.1', send: line('GET /livez http/1.1'), expect: NO_LINE },
  { says: 'HTTP/1.1x', send: line('GET /livez HTTP/1.1x'), expect: NO_LINE },
  { says: 'no version: HTTP/0.9', send: line('GET /livez'), expect: NO_LINE },
  { says: 'the preface of HTTP/2', send: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', expect: NO_LINE },
  {
    says: 'the hello of TLS',
    send: Buffer.from(`16030100c8010000c40303${'00'.repeat(60)}`, 'hex'),
    expect: NO_LINE,
  },
  {
    says: 'a proxy’s PROXY line',
    send: `PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n${get('/livez')}`,
    expect: NO_LINE,
  },
  {
    says: 'nothing but an empty line before the request',
    send: `\r\n${get('/livez')}`,
    expect: NO_LINE,
  },
];

export const TARGETS: readonly HostileCase[] = [
  { says: 'two blanks before the target', send: line('GET  /livez HTTP/1.1'), expect: NO_LINE },
  { says: 'a tab before the target', send: line('GET\t/livez HTTP/1.1'), expect: NO_LINE },
  { says: 'two blanks before the version', send: line('GET /livez  HTTP/1.1'), expect: NO_LINE },
  { says: 'a blank in the target', send: line('GET /livez x HTTP/1.1'), expect: NO_LINE },
  { says: 'a bare LF behind the line', send: `GET /livez HTTP/1.1\n${HOST}\r\n`, expect: NO_LINE },
  { says: 'a bare CR behind the line', send: `GET /livez HTTP/1.1\r${HOST}\r\n`, expect: NO_LINE },
  { says: 'a NUL in the target', send: get('/live\0z'), expect: NO_LINE },
  { says: 'a bell in the target', send: get('/live\x07z'), expect: NO_LINE },
  { says: 'a DEL in the target', send: get('/live\x7fz'), expect: '404 route_not_found' },
  { says: 'no slash', send: get('livez'), expect: NO_LINE },
  { says: 'only a query', send: get('?x=1'), expect: NO_LINE },
  { says: 'the absolute form', send: get('http://localhost/livez'), expect: NO_LINE },
  {
    says: 'the absolute form of another host',
    send: get('http://evil.example/livez'),
    expect: NO_LINE,
  },
  {
    says: 'the absolute form of another scheme',
    send: get('ftp://localhost/livez'),
    expect: NO_LINE,
  },
  {
    says: 'a first line in two packets: uWebSockets does not wait for the second',
    send: ['GET /livez HT', PAUSE, `TP/1.1\r\n${HOST}\r\n`],
    expect: NO_LINE,
  },
  { says: 'two slashes', send: get('//livez'), expect: '404 route_not_found' },
  {
    says: 'two slashes and a host',
    send: get('//evil.example/livez'),
    expect: '404 route_not_found',
  },
  { says: 'a slash at the end', send: get('/livez/'), expect: '404 route_not_found' },
  { says: 'another case', send: get('/LIVEZ'), expect: '404 route_not_found' },
  { says: 'a fragment', send: get('/livez#x'), expect: '404 route_not_found' },
  { says: 'a semicolon', send: get('/livez;x=1'), expect: '404 route_not_found' },
  { says: 'a backslash', send: get('/v1\\livez'), expect: '404 route_not_found' },
  { says: 'dots', send: get('/v1/../livez'), expect: '404 route_not_found' },
  {
    says: 'a file of the machine',
    send: get('/docs/../../../../etc/passwd'),
    expect: '404 route_not_found',
  },
  {
    says: 'a file of the machine, encoded',
    send: get('/docs/..%2f..%2f..%2fetc%2fpasswd'),
    expect: '404 route_not_found',
  },
  {
    says: 'a path of 2,000 characters',
    send: get(`/${'x'.repeat(2_000)}`),
    expect: '404 route_not_found',
  },
  { says: 'a path of 2,000 slashes', send: get('/'.repeat(2_000)), expect: '404 route_not_found' },
  {
    says: 'a path of 5,000 characters in two packets',
    send: [
      get(`/${'x'.repeat(5_000)}`).slice(0, 4_500),
      PAUSE,
      get(`/${'x'.repeat(5_000)}`).slice(4_500),
    ],
    expect: '505 closed',
  },
  {
    says: 'a path of a megabyte',
    send: get(`/${'x'.repeat(1_048_576)}`),
    expect: '431 closed | 505 closed',
  },
];

export const ENCODINGS: readonly HostileCase[] = [
  { ...encoded('/%6civez'), expect: '404 route_not_found' },
  { ...encoded('/livez%00'), expect: '404 route_not_found' },
  { ...encoded('/v1%2fevents'), expect: '404 route_not_found' },
  { ...encoded('/v1/events/%64efault'), expect: '200' },
  { ...encoded('/v1/events/%2564efault'), expect: '404 event_not_found' },
  { ...encoded('/v1/events/default%00'), expect: '400 invalid_request' },
  { ...encoded('/v1/events/default%0d%0aX:1'), expect: '400 invalid_request' },
  { ...encoded('/v1/events/%'), expect: '400 invalid_request' },
  { ...encoded('/v1/events/%4'), expect: '400 invalid_request' },
  { ...encoded('/v1/events/%u0064'), expect: '400 invalid_request' },
  { ...encoded('/v1/events/%c0%af'), expect: '400 invalid_request' },
  { ...encoded('/v1/events/%f5%80%80%80'), expect: '400 invalid_request' },
  { ...encoded('/v1/events/%ed%a0%80'), expect: '400 invalid_request' },
  { ...encoded('/v1/events/caf\xe9'), expect: '400 invalid_request' },
  { ...encoded('/v1/events/__proto__'), expect: '404 event_not_found' },
  { ...encoded('/v1/events/constructor'), expect: '404 event_not_found' },
  { ...encoded('/v1/events/..%2fdefault'), expect: '404 event_not_found' },
  { ...encoded('/v1/events/.'), expect: '404 event_not_found' },
  { ...encoded('/v1/events/%E2%80%AEtluafed'), expect: '404 event_not_found' },
  { ...encoded('/v1/events/default/seats/A%31'), expect: '200' },
  {
    says: 'a slash hidden in an id',
    send: post('/v1/events/x%2fy/reservations', WISH),
    expect: '404 event_not_found',
  },
];
