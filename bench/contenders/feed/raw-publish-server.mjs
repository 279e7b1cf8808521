/**
 * The limit: uWebSockets.js publishing bytes that it is given, when it is told to, and doing nothing else. Plays a recording
 * of Holdfast's own frames: the same bytes, as far from one another. Says when it published each.
 */
import uWS from 'uWebSockets.js';
import { nowMicros } from '../../feed/clock.mjs';

/** @typedef {{do: 'show', text: string} | {do: 'play', frames: Array<{atMicros: number, text: string}>} | {do: 'stop'}} Order */

const TOPIC = 'event';
let shown = Buffer.alloc(0);
/** @type {number[]} */
let publishedAt = [];
/** @type {NodeJS.Timeout | undefined} */
let timer;

const app = uWS.App();
app.ws('/*', {
  // As Holdfast's sockets are.
  maxBackpressure: 1024 * 1024,
  idleTimeout: 120,
  sendPingsAutomatically: true,
  open: (ws) => {
    ws.send(shown, false);
    ws.subscribe(TOPIC);
  },
});

process.on('message', (message) => {
  if (typeof message === 'string') return; // the CPU probe's
  const order = /** @type {Order} */ (message);
  if (order.do === 'show') shown = Buffer.from(order.text);
  if (order.do === 'play') play(order.frames);
  if (order.do === 'stop') clearTimeout(timer);
  process.send?.({ publishedAt });
});

/** Over and over. @param {Array<{atMicros: number, text: string}>} recorded */
function play(recorded) {
  const first = recorded[0]?.atMicros ?? 0;
  const lastGap = (recorded.at(-1)?.atMicros ?? 0) - (recorded.at(-2)?.atMicros ?? 0);
  const frames = recorded.map(({ atMicros, text }) => ({
    afterMs: (atMicros - first) / 1000,
    bytes: Buffer.from(text),
  }));
  const lapMs = (frames.at(-1)?.afterMs ?? 0) + lastGap / 1000;
  publishedAt = [];
  let number = 0;
  let lapStartedAt = performance.now();
  const next = () => {
    publishedAt.push(nowMicros());
    const frame = frames[number];
    if (frame !== undefined) app.publish(TOPIC, frame.bytes, false);
    number += 1;
    if (number === frames.length) {
      number = 0;
      lapStartedAt += lapMs;
    }
    const dueAt = lapStartedAt + (frames[number]?.afterMs ?? 0);
    timer = setTimeout(next, Math.max(0, dueAt - performance.now()));
  };
  next();
}

process.on('SIGTERM', () => {
  app.close();
  process.exit(0);
});

app.listen('127.0.0.1', 0, (socket) => {
  if (socket === false) throw new Error('no port to listen on');
  process.stdout.write(
    `raw publish ready on http://127.0.0.1:${uWS.us_socket_local_port(socket)}\n`,
  );
});
