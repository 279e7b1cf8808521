/**
 * The limit of serving what is ready: bare uWebSockets.js that answers every GET with the same bytes. Arguments: the file of the bytes, their type, the status.
 */

import uWS from 'uWebSockets.js';
import { readFileSync } from 'node:fs';

const [file = '', type = '', status = ''] = process.argv.slice(2);
const bytes = readFileSync(file);
const app = uWS.App();

app.get('/*', (res) => {
  res.cork(() => {
    if (status === '304') res.writeStatus('304 Not Modified').endWithoutBody();
    else res.writeHeader('Content-Type', type).end(bytes);
  });
});

process.on('SIGTERM', () => {
  app.close();
  process.exit(0);
});

app.listen('127.0.0.1', 0, (socket) => {
  if (socket === false) throw new Error('no port to listen on');
  process.stdout.write(`constant ready on http://127.0.0.1:${uWS.us_socket_local_port(socket)}\n`);
});
