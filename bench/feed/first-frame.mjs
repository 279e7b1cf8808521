/** What one who comes now is shown first, by an ordinary client. */
import { WebSocket } from 'undici';

/**
 * The text of a snapshot, or of what was missed since the path's cursor.
 *
 * @param {import('./viewer.mjs').Address} address
 * @returns {Promise<string>}
 */
export async function firstFrame({ url, path, protocol }) {
  const socket = new WebSocket(new URL(path, url.replace('http', 'ws')));
  try {
    return await new Promise((resolve, reject) => {
      socket.onerror = () => reject(new Error(`no feed at ${url}${path}`));
      socket.onmessage = ({ data }) => {
        if (protocol === 'socket.io' && data.startsWith('0')) socket.send('40');
        if (cursorIn(data) !== '') resolve(data);
      };
    });
  } finally {
    socket.close();
  }
}

/** @param {string} text of a frame, or the beginning of it; '': there is none */
export function cursorIn(text) {
  return /"cursor":"([^"]+)"/.exec(text)?.[1] ?? '';
}
