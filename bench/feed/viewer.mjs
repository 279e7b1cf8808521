/**
 * One viewer of a feed on a raw socket, in the viewers' process. An *eager* one reads whatever comes at once; the others read
 * when they are told to, some times a second: it is the kernel that takes the frames meanwhile, and what the server does is
 * the same, but the load does not read each frame by itself.
 */
import { connect } from 'node:net';
import { cursorIn } from './first-frame.mjs';
import { clientFrame, FrameReader } from './frame-reader.mjs';

/** @typedef {import('./frame-reader.mjs').FrameListener} FrameListener */

/**
 * @typedef {object} Address
 * @property {string} url of the server
 * @property {string} path of its feed
 * @property {'plain' | 'socket.io'} protocol
 */

const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;
/** Any 16 bytes do (RFC 6455 §4.1): nobody checks what comes back. */
const KEY = 'aG9sZGZhc3QgYmVuY2hlcw==';

/** One for all: what is read is done with before the next socket reads. */
const BUFFER = Buffer.alloc(256 * 1024);

export class Viewer {
  frames = 0;
  bytes = 0;
  /** The beginning of the last frame of the feed: `cursor` reads it. */
  #last = '';
  #socket;
  #reader;
  #protocol;
  #isEager;
  #framed;
  #ended;
  #answer = '';
  #isUpgraded = false;
  #isCurrent = false;
  #isStalled = false;
  #isLeaving = false;
  /** @type {() => void} */
  #arrived = () => undefined;

  /**
   * @param {Address} address
   * @param {object} options
   * @param {boolean} options.isEager
   * @param {number} options.keptMax how much of a frame's text is kept, characters
   * @param {(text: string) => void} [options.framed] what a frame of the feed says
   * @param {(what: string) => void} options.ended the server has ended it
   */
  constructor({ url, path, protocol }, { isEager, keptMax, framed, ended }) {
    const { hostname, port, host } = new URL(url);
    this.#protocol = protocol;
    this.#isEager = isEager;
    this.#framed = framed;
    this.#ended = ended;
    this.#reader = new FrameReader(keptMax, (...frame) => this.#received(...frame));
    this.#socket = connect({
      host: hostname,
      port: Number(port),
      noDelay: true,
      onread: { buffer: BUFFER, callback: (bytes) => this.#read(bytes) },
    });
    this.#socket.once('connect', () => {
      this.#socket.write(
        `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          `Sec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
      );
    });
    this.#socket.on('error', (cause) => this.#lost(cause.message));
    this.#socket.on('close', () => this.#lost('closed'));
  }

  /** Resolves when it has its first frame of the feed: the state of all seats, or what it missed. @returns {Promise<void>} */
  current() {
    return new Promise((resolve) => {
      if (this.#isCurrent) resolve();
      else this.#arrived = resolve;
    });
  }

  /** Of the last frame. */
  get cursor() {
    return cursorIn(this.#last);
  }

  /** Takes what has come, if it is not eager. */
  look() {
    if (!this.#isEager && !this.#isStalled) this.#socket.resume();
  }

  get isStalled() {
    return this.#isStalled;
  }

  /** Reads nothing until it is told to go on. */
  stall() {
    this.#isStalled = true;
    this.#socket.pause();
  }

  /** And reads whatever comes at once: it has much to catch up with. */
  goOn() {
    this.#isStalled = false;
    this.#isEager = true;
    this.#socket.resume();
  }

  /** Lost, as a network loses it. */
  drop() {
    this.#isLeaving = true;
    this.#socket.resetAndDestroy();
  }

  /** @param {number} bytes in the buffer @returns {boolean} whether to read on */
  #read(bytes) {
    const from = this.#isUpgraded ? 0 : this.#readAnswer(bytes);
    this.#reader.read(BUFFER, from, bytes);
    return (this.#isEager || !this.#isCurrent) && !this.#isStalled;
  }

  /** @param {number} bytes @returns {number} where frames begin */
  #readAnswer(bytes) {
    const before = this.#answer.length;
    this.#answer += BUFFER.latin1Slice(0, bytes);
    const end = this.#answer.indexOf('\r\n\r\n');
    if (end < 0) return bytes;
    if (!this.#answer.startsWith('HTTP/1.1 101')) this.#lost(`refused: ${this.#answer}`);
    this.#isUpgraded = true;
    this.#answer = '';
    return end + 4 - before;
  }

  /** @type {FrameListener} */
  #received(opcode, text, bytes) {
    this.bytes += bytes;
    if (opcode === PING) this.#socket.write(clientFrame(PONG, text));
    else if (opcode === CLOSE) this.#lost(`closed by the server: ${text}`);
    else if (opcode === TEXT && this.#protocol === 'plain') this.#told(text);
    else if (opcode === TEXT) this.#toldBySocketIo(text);
  }

  /** Socket.IO 5 in Engine.IO 4: opened, connected, pinged, and events. @param {string} text */
  #toldBySocketIo(text) {
    if (text.startsWith('42')) this.#told(text.slice(2));
    else if (text.startsWith('0')) this.#socket.write(clientFrame(TEXT, '40'));
    else if (text.startsWith('2')) this.#socket.write(clientFrame(TEXT, '3'));
  }

  /** @param {string} text */
  #told(text) {
    this.frames += 1;
    this.#last = text;
    this.#framed?.(text);
    if (this.#isCurrent) return;
    this.#isCurrent = true;
    this.#arrived();
  }

  /** @param {string} what */
  #lost(what) {
    if (!this.#isLeaving) this.#ended(what);
    this.#isLeaving = true;
  }
}
