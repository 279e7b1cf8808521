/** Reads answers off a socket: no more of HTTP than status, length and body. */

/**
 * The one answer that `bytes` hold, once they hold all of it.
 *
 * @param {Buffer} bytes
 */
export function answerIn(bytes) {
  const text = bytes.toString('latin1');
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, headEnd))?.[1];
  if (length === undefined && text.startsWith('304', 9)) return { status: '304', body: '' };
  if (length === undefined) throw new Error(`an answer without a length: ${text}`);
  if (text.length < headEnd + 4 + Number(length)) return undefined;
  return { status: text.slice(9, 12), body: text.slice(headEnd + 4) };
}
