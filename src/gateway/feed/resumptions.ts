/**
 * Viewers of one event who came back with a cursor, until they know what they have missed. What this gateway does not
 * know is asked of the store, once for all who wait; where that does not reach either, they start over.
 */
import { formatSeatCursor, type SeatCursor } from '../../desk/seat-cursor.js';
import type { SeatWatch } from '../../desk/seat-watch.js';
import type { EventId } from '../../domain/ids.js';
import { present } from '../../lib/assert.js';
import { ServerFault } from '../../lib/server-fault.js';
import type { GatewayDesk } from '../desk-port.js';
import type { FeedConfig } from '../gateway-config.js';
import { deltaFrame } from './feed-frames.js';
import type { Frame } from './feed-ports.js';
import type { Viewer } from './viewer.js';

export interface ResumptionsOptions {
  readonly eventId: EventId;
  readonly watch: SeatWatch;
  readonly desk: Pick<GatewayDesk, 'now' | 'sequence' | 'query'>;
  readonly limits: Pick<FeedConfig, 'recalledFactsMax' | 'resumeMsMax'>;
  /** The viewer is current with this frame. */
  resumed(viewer: Viewer, frame: Frame): void;
  /** It needs a snapshot. */
  startOver(viewer: Viewer): void;
  /** `retry` should be called in a while. */
  later(): void;
}

export class Resumptions {
  readonly #options: ResumptionsOptions;
  readonly #waiting = new Set<Viewer>();
  /** By the cursor that they start from, at the published cursor `#framesAt`: thousands may come back together. */
  readonly #frames = new Map<string, Frame>();
  #framesAt = '';
  #isRecalling = false;
  /** What came after this sequence, or one before it, is more than can be told. */
  #forgotten = -1;

  constructor(options: ResumptionsOptions) {
    this.#options = options;
  }

  /** @param cursor of the history that is watched. */
  add(viewer: Viewer, cursor: SeatCursor): void {
    const { desk, limits } = this.#options;
    viewer.state = 'resuming';
    viewer.resumption = { cursor, until: desk.now() + limits.resumeMsMax };
    this.#waiting.add(viewer);
    this.#try(viewer);
  }

  /** After something was published. */
  retry(): void {
    for (const viewer of [...this.#waiting]) this.#try(viewer);
  }

  remove(viewer: Viewer): void {
    this.#waiting.delete(viewer);
    viewer.resumption = undefined;
  }

  #try(viewer: Viewer): void {
    const { watch, desk, later } = this.#options;
    const { cursor } = present(viewer.resumption, 'what a waiting viewer has');
    const isCovered = watch.covers(cursor, desk.sequence);
    const frame = isCovered ? this.#frameFrom(cursor) : undefined;
    if (frame !== undefined) this.#done(viewer, frame);
    else if (cursor.sequence <= this.#forgotten || this.#isLate(viewer)) this.#done(viewer);
    else {
      if (isCovered) void this.#recall();
      later();
    }
  }

  #done(viewer: Viewer, frame?: Frame): void {
    const { resumed, startOver } = this.#options;
    this.remove(viewer);
    if (frame === undefined) startOver(viewer);
    else resumed(viewer, frame);
  }

  /** The clock may have been stepped back, too. */
  #isLate(viewer: Viewer): boolean {
    const { desk, limits } = this.#options;
    const leftMs = (viewer.resumption?.until ?? 0) - desk.now();
    return leftMs <= 0 || leftMs > limits.resumeMsMax;
  }

  #frameFrom(cursor: SeatCursor): Frame | undefined {
    const { watch } = this.#options;
    if (this.#framesAt !== watch.cursor) {
      this.#framesAt = watch.cursor;
      this.#frames.clear();
    }
    const from = formatSeatCursor(cursor);
    const kept = this.#frames.get(from);
    if (kept !== undefined) return kept;
    const delta = watch.resumeFrom(cursor);
    if (delta === undefined) return undefined;
    const frame = deltaFrame(delta);
    if (this.#frames.size < FRAMES_KEPT_MAX) this.#frames.set(from, frame);
    return frame;
  }

  /** One question at a time, for the one who has missed most. */
  async #recall(): Promise<void> {
    if (this.#isRecalling) return;
    this.#isRecalling = true;
    const sequences = Array.from(this.#waiting, ({ resumption }) => resumption?.cursor.sequence);
    const after = Math.min(...sequences.filter((each) => each !== undefined));
    if (!(await this.#isRecalled(after))) this.#forgotten = Math.max(this.#forgotten, after);
    this.#isRecalling = false;
    this.retry();
  }

  async #isRecalled(after: number): Promise<boolean> {
    const { eventId, watch, desk, limits } = this.#options;
    const { since } = watch;
    const limit = limits.recalledFactsMax;
    try {
      const facts = await desk.query('eventLog', { eventId, after, limit });
      const isWhole = facts.length < limit || (facts.at(-1)?.sequence ?? 0) >= since;
      // Where more has been forgotten meanwhile, the answer may end before what is known.
      return isWhole && watch.since === since && watch.recall(after, facts);
    } catch (cause) {
      // A store that is too busy is not asked again for the same: a snapshot serves.
      if (cause instanceof ServerFault) return false;
      throw cause;
    }
  }
}

/** Viewers who lost their connections together have the last few cursors. */
const FRAMES_KEPT_MAX = 64;
