/** `ws` doing the job: each frame is made into bytes once, and sent to every client in turn. */
import { WebSocketServer } from 'ws';
import { boardSizes, SeatBoard, serve } from './seat-board.mjs';

const board = new SeatBoard({
  ...boardSizes(),
  publish: (delta) => {
    const frame = Buffer.from(JSON.stringify(delta));
    for (const client of feed.clients) client.send(frame, { binary: false });
  },
});
const server = board.httpServer();
const feed = new WebSocketServer({ server });
feed.on('connection', (client) => client.send(JSON.stringify(board.snapshot())));
serve('ws', server);
