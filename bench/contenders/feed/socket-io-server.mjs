/** Socket.IO doing the job: one broadcast a frame, which its adapter encodes once. WebSockets only, as the viewers are. */
import { Server } from 'socket.io';
import { boardSizes, SeatBoard, serve } from './seat-board.mjs';

const board = new SeatBoard({
  ...boardSizes(),
  publish: (delta) => feed.emit('delta', delta),
});
const server = board.httpServer();
const feed = new Server(server, { transports: ['websocket'] });
feed.on('connection', (socket) => socket.emit('snapshot', board.snapshot()));
serve('Socket.IO', server);
