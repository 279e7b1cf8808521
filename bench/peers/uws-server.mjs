/**
 * The fastest that a peer can be made with what Holdfast is made of: uWebSockets.js before the seat store that its argument names. Bodies are
 * checked by hand, answers written by JSON.stringify. One process.
 */
import uWS from 'uWebSockets.js';
import { SeatService } from './seat-service.mjs';
import { openSeatStore } from './seat-store.mjs';

const STATUS_LINES = new Map([
  [200, '200 OK'],
  [201, '201 Created'],
  [400, '400 Bad Request'],
  [404, '404 Not Found'],
  [409, '409 Conflict'],
]);
const INVALID = {
  status: 400,
  body: { title: 'invalid_request', status: 400, code: 'invalid_request' },
};
const TEXT_MAX = 128;
const SEATS_MAX = 100;

/** @typedef {import('./seat-service.mjs').Answer} Answer */

/** @type {import('./seat-store.mjs').PeerOptions} */
const options = JSON.parse(process.argv[2] ?? '');
const service = new SeatService(await openSeatStore(options), options);
const app = uWS.App();

app.post('/v1/events/:id/reservations', (res, req) => {
  const id = req.getParameter(0) ?? '';
  answer(res, (wish) => (isReserve(wish) ? service.reserve(id, wish) : INVALID));
});
app.post('/v1/reservations/:id/confirm', (res, req) => {
  const id = req.getParameter(0) ?? '';
  answer(res, (wish) => (isText(wish.userId) ? service.confirm(id, wish) : INVALID));
});
app.post('/v1/reservations/:id/cancel', (res, req) => {
  const id = req.getParameter(0) ?? '';
  answer(res, (wish) => (isText(wish.userId) ? service.cancel(id, wish) : INVALID));
});
app.get('/bench/answered', (res) => respond(res, { status: 200, body: service.answered }));
app.get('/bench/taken', (res) => {
  answer(res, async () => ({ status: 200, body: { taken: await service.taken() } }), false);
});

process.on('SIGTERM', async () => {
  app.close();
  await service.close();
  process.exit(0);
});

app.listen('127.0.0.1', 0, (socket) => {
  if (socket === false) throw new Error('no port to listen on');
  process.stdout.write(`uWS ready on http://127.0.0.1:${uWS.us_socket_local_port(socket)}\n`);
});

/**
 * @param {uWS.HttpResponse} res
 * @param {(wish: any) => Answer | Promise<Answer>} handle
 * @param {boolean} [hasBody]
 */
function answer(res, handle, hasBody = true) {
  let isGone = false;
  let text = '';
  res.onAborted(() => {
    isGone = true;
  });
  const handled = async () => {
    const wish = hasBody ? parsed(text) : undefined;
    const answer = wish === null ? INVALID : await handle(wish);
    if (!isGone) respond(res, answer);
  };
  if (!hasBody) {
    handled().catch(crash);
    return;
  }
  res.onData((chunk, isLast) => {
    text += Buffer.from(chunk).toString();
    if (isLast && !isGone) handled().catch(crash);
  });
}

/** @param {uWS.HttpResponse} res @param {Answer} answer */
function respond(res, { status, body }) {
  const text = JSON.stringify(body);
  res.cork(() => {
    res.writeStatus(STATUS_LINES.get(status) ?? String(status));
    res.writeHeader('Content-Type', 'application/json').end(text);
  });
}

/** @param {string} text @returns {any} null: no object */
function parsed(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

/** @param {any} wish */
function isReserve({ userId, seatIds, quantity }) {
  if (!isText(userId)) return false;
  if (quantity !== undefined) return Number.isInteger(quantity) && seatIds === undefined;
  return (
    Array.isArray(seatIds) &&
    seatIds.length >= 1 &&
    seatIds.length <= SEATS_MAX &&
    seatIds.every(isText)
  );
}

/** @param {unknown} value */
function isText(value) {
  return typeof value === 'string' && value.length >= 1 && value.length <= TEXT_MAX;
}

/** @param {unknown} cause */
function crash(cause) {
  setImmediate(() => {
    throw cause;
  });
}
