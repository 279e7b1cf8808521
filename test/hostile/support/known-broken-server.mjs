/**
 * The controls: a server on bare uWebSockets that answers as Holdfast would, and is broken in one way, named by its
 * argument. What tests servers here has to find it out.
 *
 * - `bare`: nothing that Holdfast does about framing
 * - `fault`: a 500 for some inputs
 * - `crash`: an exception that nobody catches, for some inputs
 * - `hang`: no answer, ever, for some inputs
 * - `leak`: keeps 64 kB of every request
 * - `hoard`: keeps for a viewer whatever it does not read
 * - `descriptors`: opens a file for some inputs and forgets it
 */
import { openSync } from 'node:fs';
import { pid } from 'node:process';
import uWS from 'uWebSockets.js';

const [, , fault = 'bare'] = process.argv;
const MISSING =
  '{"type":"urn:holdfast:problem:seat_not_found","title":"x","status":404,"detail":"x","code":"seat_not_found"}';

const HOARDED_BYTES = 12 * 1_048_576;

/** What it keeps where it leaks. @type {object[]} */
const kept = [];
const app = uWS.App();

app.ws('/v1/events/:id/feed', {
  maxBackpressure: 1_073_741_824,
  open: (ws) => {
    const filler = fault === 'hoard' ? 'x'.repeat(HOARDED_BYTES) : '';
    ws.send(`{"type":"snapshot","filler":"${filler}"}`);
  },
  message: (ws, message) => {
    const text = Buffer.from(message).toString();
    if (isTouched(text)) misbehave();
    ws.send('{"type":"error"}');
  },
});

app.any('/*', (res, req) => {
  let isGone = false;
  let body = `${req.getUrl()}${req.getQuery() ?? ''}`;
  const id = req.getHeader('x-request-id');
  res.onAborted(() => {
    isGone = true;
  });
  if (req.getMethod() === 'head') {
    res.writeHeader('X-Request-Id', id).endWithoutBody(0);
    return;
  }
  if (req.getMethod() !== 'post') {
    answer(res, 200, id, '{}', body);
    return;
  }
  res.onData((chunk, isLast) => {
    body += Buffer.from(chunk).toString('latin1');
    if (isLast && !isGone) answer(res, 404, id, MISSING, body);
  });
});

/**
 * @param {import('uWebSockets.js').HttpResponse} res
 * @param {number} status
 * @param {string} id
 * @param {string} body
 * @param {string} asked
 */
function answer(res, status, id, body, asked) {
  if (fault === 'leak') kept.push(Array.from({ length: 8_000 }, (_, index) => index));
  const isBroken = isTouched(asked);
  if (isBroken && fault === 'hang') return;
  if (isBroken) misbehave();
  const line = isBroken && fault === 'fault' ? '500 Internal Server Error' : `${status} OK`;
  const type = status === 404 ? 'application/problem+json' : 'application/json';
  res.writeStatus(line).writeHeader('Content-Type', type).writeHeader('X-Request-Id', id).end(body);
}

/** About one in fifty of what a fuzzer sends. @param {string} text */
function isTouched(text) {
  return text.includes('__proto__') || text.includes('ud8');
}

function misbehave() {
  if (fault === 'crash') throw new Error('nobody catches this');
  if (fault === 'descriptors') openSync('/dev/null', 'r');
}

/** As the benches' memory probe answers, which wants threads. */
process.on('message', () => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  process.send?.({ heapBytes: heapUsed + external });
});

process.on('SIGTERM', () => {
  app.close();
  process.exit(0);
});

app.listen('127.0.0.1', 0, (socket) => {
  if (socket === false) throw new Error('no port to listen on');
  const port = uWS.us_socket_local_port(socket);
  process.stdout.write(`broken (${fault}, ${pid}) ready on http://127.0.0.1:${port} (known to be)\n`);
});
