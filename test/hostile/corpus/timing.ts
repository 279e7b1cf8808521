/** Requests one behind the other, and requests that take their time. */
import {
  chunked,
  drip,
  framed,
  get,
  HOST,
  type HostileCase,
  PAUSE,
  post,
  RESERVE,
  WISH,
  WISH_CHUNK,
} from './hostile-case.js';

const LENGTH = `Content-Length: ${WISH.length}\r\n`;
const READ = '404 seat_not_found';
const ASK = post(RESERVE, WISH);

export const PIPELINES: readonly HostileCase[] = [
  { says: 'two requests in one packet', send: get('/livez') + get('/livez'), expect: '200 200' },
  {
    says: 'two requests that wait for the disk: uWebSockets keeps no line, and cuts it off',
    send: get('/v1/events/default/seats/A1').repeat(2),
    expect: 'closed',
  },
  { says: 'a GET and a POST', send: get('/livez') + ASK, expect: `200 ${READ}` },
  { says: 'a POST and a GET', send: ASK + get('/livez'), expect: `${READ} 200` },
  { says: 'fifty GETs', send: get('/livez').repeat(50), expect: '200 '.repeat(50).trim() },
  { says: 'fifty POSTs', send: ASK.repeat(50), expect: `${READ} `.repeat(50).trim() },
  {
    says: 'a packet that ends within the second',
    send: [get('/livez') + ASK.slice(0, 100), PAUSE, ASK.slice(100)],
    expect: `200 ${READ}`,
  },
  {
    says: 'a clear one, and one that is not',
    send: get('/livez') + framed(`${LENGTH}Content-Length: 1\r\n`),
    expect: '200 400 invalid_request closed',
  },
  {
    says: 'one that is not clear, and a clear one',
    send: framed(`${LENGTH}Content-Length: 1\r\n`) + get('/livez'),
    expect: '400 invalid_request closed',
  },
  {
    says: 'the last one, and one more',
    send: get('/livez', 'Connection: close\r\n') + get('/livez'),
    expect: '200 closed | 200 200 closed',
  },
  {
    says: 'one that is refused as it stands, and one more',
    send: post('/nowhere', WISH) + get('/livez'),
    expect: '404 route_not_found 200',
  },
  { says: 'junk behind a request', send: `${get('/livez')}\0\0\0\0\r\n\r\n`, expect: '505 closed' },
  { says: 'empty lines behind a body', send: `${ASK}\r\n${get('/livez')}`, expect: '505 closed' },
];

/** uWebSockets' patience is 10 s, looked at every 4 s: whoever takes longer is closed, however alive it looks. */
export const SLOW: readonly HostileCase[] = [
  { says: 'who says nothing', send: drip('', 0), expect: 'closed' },
  { says: 'a method and silence', send: 'GET', expect: 'closed' },
  {
    says: 'a head without its end and silence',
    send: `GET /livez HTTP/1.1\r\n${HOST}`,
    expect: 'closed',
  },
  {
    says: 'a head that drips',
    send: [`GET /livez HTTP/1.1\r\n${HOST}`, drip(`X: ${'x'.repeat(200)}\r\n\r\n`, 500)],
    expect: 'closed',
  },
  {
    says: 'a header a second, for ever',
    send: [`GET /livez HTTP/1.1\r\n${HOST}`, drip('X: 1\r\n'.repeat(60), 170)],
    expect: 'closed',
  },
  { says: 'half a body and silence', send: framed(LENGTH, WISH.slice(0, 9)), expect: 'closed' },
  {
    says: 'a body that drips',
    send: [framed('Content-Length: 100\r\n', ''), drip('x'.repeat(100), 500)],
    expect: 'closed',
  },
  {
    says: 'a chunk that drips',
    send: [chunked('22\r\n'), drip('x'.repeat(34), 1_000)],
    expect: 'closed',
  },
  {
    says: 'chunks of a byte that drip',
    send: [chunked(''), drip('1\r\nx\r\n'.repeat(30), 150)],
    expect: 'closed',
  },
  { says: 'chunks without the last', send: chunked(WISH_CHUNK), expect: 'closed' },
  {
    says: 'Expect: 100-continue and silence',
    send: framed(`${LENGTH}Expect: 100-continue\r\n`, ''),
    expect: '100 closed',
  },
  {
    says: 'a body that is slow and comes',
    send: [framed(LENGTH, ''), drip(WISH, 50)],
    expect: READ,
  },
  {
    says: 'chunks that are slow and come',
    send: [chunked(''), drip(`${WISH_CHUNK}0\r\n\r\n`, 50)],
    expect: `${READ} closed`,
  },
  { says: 'a request, and silence', send: [get('/livez'), drip('', 0)], expect: '200 closed' },
  {
    says: 'a request, and the next drips',
    send: [`${get('/livez')}GET /livez HTTP/1.1\r\n`, drip(`X: ${'x'.repeat(100)}\r\n`, 500)],
    expect: '200 closed',
  },
  {
    says: 'a body that nobody wants and never comes',
    send: post('/nowhere', '').replace('Content-Length: 0', 'Content-Length: 100'),
    expect: '404 route_not_found closed',
  },
];
