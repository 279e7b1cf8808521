/**
 * Reads what a WebSocket server sends (RFC 6455 §5.2) as cheaply as it can be: heads are read, payloads are stepped over but
 * for their first characters. Thousands of viewers share two cores with the server they watch, and must not be what is
 * measured. Servers' frames are not masked; those of the contenders are not fragmented, and their text is ASCII.
 */

/** @typedef {(opcode: number, text: string, bytes: number) => void} FrameListener */

/** The longest head of a frame that is not masked. */
const HEAD_BYTES_MAX = 10;

export class FrameReader {
  #keptMax;
  #framed;
  #head = Buffer.alloc(HEAD_BYTES_MAX);
  #headBytes = 0;
  /** Of the payload; negative: the head is not complete. */
  #left = -1;
  #bytes = 0;
  #text = '';

  /**
   * @param {number} keptMax how much of a payload is handed on
   * @param {FrameListener} framed a frame is complete; `bytes` with its head
   */
  constructor(keptMax, framed) {
    this.#keptMax = keptMax;
    this.#framed = framed;
  }

  /**
   * @param {Buffer} bytes
   * @param {number} from
   * @param {number} to
   */
  read(bytes, from, to) {
    let at = from;
    while (at < to) {
      at = this.#left < 0 ? this.#readHead(bytes, at) : this.#readPayload(bytes, at, to);
      if (this.#left === 0) this.#end();
    }
  }

  /** One byte of it. @param {Buffer} bytes @param {number} at */
  #readHead(bytes, at) {
    const head = this.#head;
    head[this.#headBytes] = bytes[at] ?? 0;
    this.#headBytes += 1;
    const short = (head[1] ?? 0) & 127;
    const isComplete = this.#headBytes === (short === 127 ? 10 : short === 126 ? 4 : 2);
    if (isComplete) {
      const isLong = short === 127;
      this.#left = isLong ? Number(head.readBigUInt64BE(2)) : short;
      if (short === 126) this.#left = head.readUInt16BE(2);
      this.#bytes = this.#headBytes + this.#left;
      this.#text = '';
    }
    return at + 1;
  }

  /**
   * @param {Buffer} bytes
   * @param {number} at
   * @param {number} to
   */
  #readPayload(bytes, at, to) {
    const end = Math.min(to, at + this.#left);
    const kept = this.#keptMax - this.#text.length;
    if (kept > 0) this.#text += bytes.latin1Slice(at, Math.min(end, at + kept));
    this.#left -= end - at;
    return end;
  }

  #end() {
    const opcode = (this.#head[0] ?? 0) & 15;
    this.#left = -1;
    this.#headBytes = 0;
    this.#framed(opcode, this.#text, this.#bytes);
  }
}

/**
 * A client's frame, which must be masked; the mask is zero, which leaves the payload as it is.
 *
 * @param {number} opcode
 * @param {string} text at most 125 characters, ASCII
 */
export function clientFrame(opcode, text) {
  return Buffer.concat([
    Buffer.from([0x80 | opcode, 0x80 | text.length, 0, 0, 0, 0]),
    Buffer.from(text),
  ]);
}
