/**
 * The limit: what uWebSockets.js does with one thread when it does nothing. Every POST's body is parsed as JSON, written as
 * JSON and sent back; nothing is checked, kept or shared.
 */
import uWS from 'uWebSockets.js';

const app = uWS.App();

app.post('/*', (res) => {
  let isGone = false;
  let body = '';
  res.onAborted(() => {
    isGone = true;
  });
  res.onData((chunk, isLast) => {
    body += Buffer.from(chunk).toString();
    if (!isLast || isGone) return;
    const answer = JSON.stringify(JSON.parse(body));
    res.cork(() => {
      res.writeHeader('Content-Type', 'application/json').end(answer);
    });
  });
});

process.on('SIGTERM', () => {
  app.close();
  process.exit(0);
});

app.listen('127.0.0.1', 0, (socket) => {
  if (socket === false) throw new Error('no port to listen on');
  process.stdout.write(`echo ready on http://127.0.0.1:${uWS.us_socket_local_port(socket)}\n`);
});
