/** A watch with the world in the test's hand: its sockets, its time, its luck, and the answers to its questions. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FetchAnswer } from '../../../src/client/ports.js';
import type { SeatChange } from '../../../src/client/seat-map.js';
import type { SeatWatch } from '../../../src/client/seat-watch.js';
import { watch } from '../../../src/client/watch.js';
import type { WatchOptions, WatchState } from '../../../src/client/watch-options.js';
import type { SeatStatusCode } from '../../../src/domain/seat-status.js';
import { TwoBitMap } from '../../../src/lib/bitmap.js';
import { ManualTime } from './manual-time.js';
import { ScriptedSocket } from './scripted-socket.js';

export const LIMITS = {
  backoffMs: 100,
  backoffMsMax: 1_000,
  steadyMs: 5_000,
  openMsMax: 2_000,
  firstFrameMsMax: 3_000,
  silenceMsMax: 60_000,
  answerMsMax: 3_000,
  commandsMax: 3,
};

/** An answer to `GET /v1/events/:id`; undefined: nobody is there; `silence`: somebody is, and says nothing. */
export type EventAnswer =
  | { readonly status: number; readonly body: unknown }
  | 'silence'
  | undefined;

export class WatchStage {
  readonly time = new ManualTime();
  readonly sockets: ScriptedSocket[] = [];
  /** What the watch told of, in order. */
  readonly states: WatchState[] = [];
  readonly told: (SeatChange | 'snapshot' | 'nothing')[] = [];
  /** URLs of what was asked over HTTP. */
  readonly asked: string[] = [];
  /** Questions taken back before there was an answer. */
  abortCount = 0;
  eventAnswer: EventAnswer = { status: 200, body: {} };
  /** What every throw of the dice comes to: 0 <= luck < 1. */
  luck = 0.5;

  watch(options: Partial<WatchOptions> = {}): SeatWatch {
    const { sockets } = this;
    class Socket extends ScriptedSocket {
      constructor(url: string) {
        super(url);
        sockets.push(this);
      }
    }
    return watch('gala', {
      url: 'http://127.0.0.1:8080',
      webSocket: Socket,
      fetch: (url, { signal }) => this.#answer(url, signal),
      clock: this.time,
      timers: this.time,
      random: () => this.luck,
      limits: LIMITS,
      onState: (state) => this.states.push(state),
      onSnapshot: () => this.told.push('snapshot'),
      onChange: (changes) => {
        if (changes.length === 0) this.told.push('nothing');
        this.told.push(...changes);
      },
      ...options,
    });
  }

  /** The connection of now. */
  get socket(): ScriptedSocket {
    const last = this.sockets.at(-1);
    if (last === undefined) throw new Error('nobody has connected');
    return last;
  }

  /** Opens the connection of now and says all there is. */
  begin(codes: readonly SeatStatusCode[], cursor = 'c1'): void {
    this.socket.open();
    this.socket.say(snapshot(codes, cursor));
  }

  /** Cuts the connection and lets the watch come back; the new one is not open yet. */
  cutAndReturn(): void {
    this.socket.drop();
    this.time.pass(LIMITS.backoffMsMax);
  }

  /** What was promised is kept, and what is kept is told. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 3; turn += 1) await nextTurn();
  }

  async #answer(url: string, signal: AbortSignal | null): Promise<FetchAnswer> {
    this.asked.push(url);
    const answer = this.eventAnswer;
    if (answer === 'silence') {
      await new Promise((resolve) => signal?.addEventListener('abort', resolve));
      this.abortCount += 1;
      throw new TypeError('aborted');
    }
    if (answer === undefined) throw new TypeError('fetch failed');
    const { status, body } = answer;
    const headers = { get: () => 'application/json' };
    return { status, headers, text: async () => JSON.stringify(body) };
  }
}

export function snapshot(codes: readonly SeatStatusCode[], cursor: string): object {
  const map = new TwoBitMap(codes.length);
  for (const [index, code] of codes.entries()) map.set(index, code);
  const statuses = Buffer.from(map.bytes).toString('base64');
  return { type: 'snapshot', eventId: 'gala', cursor, totalSeats: codes.length, statuses };
}

export function delta(
  changes: readonly (readonly [seatNumber: number, code: number])[],
  cursor: string,
): object {
  return { type: 'delta', cursor, changes };
}
