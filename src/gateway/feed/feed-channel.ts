/**
 * The live feed of one event in one gateway, while it has viewers. It publishes what has changed, one text for all, and
 * brings each viewer to what is published before it subscribes.
 *
 * 1. Who subscribes has the published state; so do all subscribers after each publication (I8).
 * 2. A viewer who does not keep up leaves the topic before the next publication, gets nothing more until its socket is
 *    empty, and then a snapshot. It takes a bounded amount of memory (I9) and no other viewer's time.
 * 3. A change waits for at most `gatherMs`, and publications begin at least that far apart: the time that one takes counts.
 *    To ten thousand viewers it takes longer; then the next one waits a quarter of that time, for the gateway to do
 *    something else, too.
 */
import { parseSeatCursor } from '../../desk/seat-cursor.js';
import type { SeatDelta, SeatWatch } from '../../desk/seat-watch.js';
import type { EpochMs } from '../../lib/clock.js';
import type { GatewayDesk, GatewayEvent } from '../desk-port.js';
import type { FeedConfig } from '../gateway-config.js';
import { EVENT_DELETED } from './closings.js';
import type { FeedCounts } from './feed-counts.js';
import { deltaFrame, snapshotFrame } from './feed-frames.js';
import type { Closing, FeedOutlet, FeedTimers, Frame } from './feed-ports.js';
import { Resumptions } from './resumptions.js';
import type { SnapshotRoom } from './snapshot-room.js';
import type { Viewer } from './viewer.js';

/** What all channels of a gateway share. */
export interface ChannelHost {
  readonly desk: Pick<GatewayDesk, 'now' | 'sequence' | 'query'>;
  readonly outlet: FeedOutlet;
  readonly timers: FeedTimers;
  readonly limits: FeedConfig;
  readonly room: SnapshotRoom;
  readonly counts: FeedCounts;
}

export class FeedChannel {
  readonly #host: ChannelHost;
  readonly #event: GatewayEvent;
  readonly #watch: SeatWatch;
  readonly #resumptions: Resumptions;
  readonly #viewers = new Set<Viewer>();
  readonly #topic: string;
  #liveCount = 0;
  #snapshot: { readonly cursor: string; readonly frame: Frame } | undefined;
  /** Of the timer that is set, if one is: to flush, or to rest. */
  #cancelTimer: (() => void) | undefined;
  /** There is something to flush. */
  #isAwaited = false;

  constructor(host: ChannelHost, event: GatewayEvent) {
    const { desk, limits } = host;
    this.#host = host;
    this.#event = event;
    this.#topic = `event/${event.record.id}`;
    this.#watch = event.watch({
      now: desk.now(),
      recentSeatsMax: Math.max(limits.deltaSeatsMax, smallDelta(event.plan.totalSeats)),
      changed: () => this.#flushAfter(limits.gatherMs),
    });
    this.#resumptions = new Resumptions({
      eventId: event.record.id,
      watch: this.#watch,
      desk,
      limits,
      resumed: (viewer, frame) => this.#resume(viewer, frame),
      startOver: (viewer) => this.#startOver(viewer),
      later: () => this.#flushAfter(Math.max(limits.gatherMs, RETRY_MS_MIN)),
    });
  }

  get eventId(): string {
    return this.#event.record.id;
  }

  get isEmpty(): boolean {
    return this.#viewers.size === 0;
  }

  /** @param cursor as the client sent it. */
  join(viewer: Viewer, cursor: string | undefined): void {
    this.#viewers.add(viewer);
    const known = cursor === undefined ? undefined : parseSeatCursor(cursor);
    // Else it is of another event, or from a time that the store knows nothing of.
    if (known !== undefined && this.#watch.isOf(known)) this.#resumptions.add(viewer, known);
    else this.#startOver(viewer);
  }

  /** The viewer's socket is closed. */
  leave(viewer: Viewer): void {
    if (!this.#viewers.delete(viewer)) return;
    if (viewer.state === 'live') this.#liveCount -= 1;
    viewer.state = 'gone';
    this.#resumptions.remove(viewer);
    this.#host.room.leave(viewer);
  }

  /** The viewer's socket has taken some of what was waiting. */
  drained(viewer: Viewer): void {
    const waitingBytes = viewer.socket.bufferedBytes();
    viewer.snapshotBytes = Math.min(viewer.snapshotBytes, waitingBytes);
    this.#host.room.shrink(viewer, viewer.snapshotBytes);
    if (waitingBytes > 0) return;
    if (this.#isSlow(viewer)) this.#fallBehind(viewer);
    if (viewer.state === 'stale') this.#startOver(viewer);
  }

  /** Closes every viewer. */
  endViewers(closing: Closing): void {
    for (const viewer of [...this.#viewers]) viewer.socket.end(closing);
  }

  /** Nobody watches any more: nothing of it is left. */
  end(): void {
    this.#cancelTimer?.();
    this.#watch.end();
  }

  /** After a rest, if there is one now. */
  #flushAfter(ms: number): void {
    this.#isAwaited = true;
    this.#cancelTimer ??= this.#host.timers.after(ms, () => this.#flush());
  }

  #flush(): void {
    const startedAt = this.#host.desk.now();
    const delta = this.#watch.takeChanges(startedAt);
    this.#cancelTimer = undefined;
    this.#isAwaited = false;
    if (delta.changes.length > 0) {
      this.#publish(delta);
      this.#rest(startedAt);
    }
    if (this.#event.record.status === 'deleted') this.endViewers(EVENT_DELETED);
    else this.#resumptions.retry();
  }

  /** (3) The transport writes to the sockets at the end of the turn: only then is it known how long that takes. */
  #rest(startedAt: EpochMs): void {
    const { desk, timers, limits } = this.#host;
    this.#cancelTimer = timers.after(0, () => {
      // The clock may have been stepped.
      const tookMs = Math.min(Math.max(0, desk.now() - startedAt), PUBLISHING_MS_MAX);
      const restMs = Math.max(limits.gatherMs - tookMs, Math.min(limits.gatherMs, tookMs / 4));
      this.#cancelTimer = timers.after(restMs, () => {
        this.#cancelTimer = undefined;
        if (this.#isAwaited) this.#flush();
      });
    });
  }

  #publish(delta: SeatDelta): void {
    const slow: Viewer[] = [];
    for (const viewer of this.#viewers) if (this.#isSlow(viewer)) slow.push(viewer);
    for (const viewer of slow) this.#fallBehind(viewer);
    if (this.#liveCount > 0) {
      const { limits, outlet, counts } = this.#host;
      const isShort = delta.changes.length <= limits.deltaSeatsMax;
      const isSmall = delta.changes.length <= smallDelta(this.#event.plan.totalSeats);
      const frame = isShort || isSmall ? deltaFrame(delta) : this.#snapshotFrame();
      outlet.publish(this.#topic, frame);
      counts.sent(isShort || isSmall ? 'delta' : 'snapshot', frame, this.#liveCount);
    }
    // One that missed something may have taken all the rest: no `drained` will come.
    for (const viewer of slow) this.drained(viewer);
  }

  #isSlow(viewer: Viewer): boolean {
    return viewer.state === 'live' && viewer.isBehind(this.#host.limits.waitingBytesMax);
  }

  /** (2) */
  #fallBehind(viewer: Viewer): void {
    viewer.state = 'stale';
    viewer.hasFallenBehind = true;
    viewer.socket.unsubscribe(this.#topic);
    this.#liveCount -= 1;
    this.#host.counts.drops += 1;
  }

  #startOver(viewer: Viewer): void {
    viewer.state = 'queued';
    if (!this.#sendSnapshot(viewer)) this.#host.room.wait(viewer, () => this.#sendSnapshot(viewer));
  }

  /** @returns false: there is no room for it now. */
  #sendSnapshot(viewer: Viewer): boolean {
    const { room, counts } = this.#host;
    const frame = this.#snapshotFrame();
    if (!room.hasRoom(frame.length)) return false;
    if (viewer.hasFallenBehind) counts.resyncs += 1;
    viewer.hasFallenBehind = false;
    counts.sent('snapshot', frame);
    this.#goLive(viewer, frame);
    return true;
  }

  #resume(viewer: Viewer, frame: Frame): void {
    const { room, counts } = this.#host;
    if (!room.hasRoom(frame.length)) {
      this.#startOver(viewer);
      return;
    }
    counts.resumes += 1;
    counts.sent('delta', frame);
    this.#goLive(viewer, frame);
  }

  /** The viewer has the published state with this frame (1). */
  #goLive(viewer: Viewer, frame: Frame): void {
    viewer.startsAnew();
    viewer.send(frame);
    viewer.snapshotBytes = viewer.socket.bufferedBytes();
    if (viewer.snapshotBytes > 0) this.#host.room.hold(viewer, viewer.snapshotBytes);
    viewer.socket.subscribe(this.#topic);
    viewer.state = 'live';
    this.#liveCount += 1;
  }

  #snapshotFrame(): Frame {
    const { cursor, statuses } = this.#watch;
    if (this.#snapshot?.cursor !== cursor) {
      const { totalSeats } = this.#event.plan;
      const frame = snapshotFrame({ eventId: this.eventId, cursor, totalSeats, statuses });
      this.#snapshot = { cursor, frame };
    }
    return this.#snapshot.frame;
  }
}

/** A change takes about nine bytes (`[1234,1],`), a seat of a snapshot a third of one: so many changes are smaller. */
function smallDelta(totalSeats: number): number {
  return totalSeats / 27;
}

/** What is longer is not believed. */
const PUBLISHING_MS_MAX = 1_000;

/** Between two looks for what a viewer waits for. */
const RETRY_MS_MIN = 10;
