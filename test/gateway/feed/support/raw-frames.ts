/** Frames of a WebSocket (RFC 6455 §5) as bytes, as a server sends them. */

/** A frame of a WebSocket as the server sends it: whole and not masked. */
export interface RawFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

export const OPCODE = { text: 1, close: 8, ping: 9 } as const;

/** Takes whole frames out of what has come; what is left is the beginning of the next. */
export function takeFrames(bytes: Buffer): { frames: RawFrame[]; rest: Buffer } {
  const frames: RawFrame[] = [];
  let at = 0;
  for (;;) {
    const short = (bytes[at + 1] ?? 0) & 0x7f;
    const head = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (bytes.length < at + head) break;
    const length = lengthAt(bytes, at + 2, short);
    if (bytes.length < at + head + length) break;
    const payload = bytes.subarray(at + head, at + head + length);
    frames.push({ opcode: (bytes[at] ?? 0) & 0x0f, payload });
    at += head + length;
  }
  return { frames, rest: bytes.subarray(at) };
}

function lengthAt(bytes: Buffer, at: number, short: number): number {
  if (short === 126) return bytes.readUInt16BE(at);
  return short === 127 ? Number(bytes.readBigUInt64BE(at)) : short;
}
