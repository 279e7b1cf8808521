/**
 * What desks show, held to the history: at every step of a desk its counts add up (I7), and its seats are those of the log
 * at its sequence (I8). Now and then a viewer of each desk is brought on by deltas, and what it then has is compared with
 * the seat list; and the same cursor always shows the same, on whichever desk and in whichever life of the server.
 */
import type { Desk } from '../../src/desk/desk.js';
import type { EventReplica } from '../../src/desk/event-replica.js';
import { parseSeatCursor } from '../../src/desk/seat-cursor.js';
import type { SeatDelta, SeatWatch } from '../../src/desk/seat-watch.js';
import type { EventId } from '../../src/domain/ids.js';
import { TwoBitMap } from '../../src/lib/bitmap.js';
import { type History, printOfSeat } from './history.js';
import type { Random } from './random.js';

/** Seats of recent facts that a watch keeps: few, so that some cursors are too old. */
const RECENT_SEATS_MAX = 20;

/** Of a long run, the cursors that were seen last. */
const CURSORS_MAX = 2_000;

/** How many viewers of former lives come back. */
const AWAY_MAX = 6;

interface Seen {
  readonly map: TwoBitMap;
  cursor: string;
}

interface Viewer extends Seen {
  readonly watch: SeatWatch;
  readonly event: EventReplica;
}

export interface ReplicasOptions {
  readonly history: History;
  readonly random: Random;
  readonly count: (what: string) => void;
}

export class Replicas {
  readonly #options: ReplicasOptions;
  readonly #checkedAt = new WeakMap<Desk, number>();
  #viewers = new Map<Desk, Viewer>();
  /** What viewers of former lives have, the latest last. */
  #away: Seen[] = [];
  /** What each cursor has shown. */
  readonly #shown = new Map<string, string>();

  constructor(options: ReplicasOptions) {
    this.#options = options;
  }

  /** The server has ended: its desks are no more, their viewers come back later. */
  forget(): void {
    this.#away = [...this.#away, ...this.#viewers.values()].slice(-AWAY_MAX);
    this.#viewers = new Map();
  }

  /** After a step of the desk. */
  check(desk: Desk, now: number): void {
    if (!desk.isOpen) return;
    const hasMoved = this.#checkedAt.get(desk) !== desk.sequence;
    for (const eventId of this.#options.history.events) {
      const event = desk.event(eventId);
      if (event === undefined) continue;
      checkCounts(event, now);
      if (hasMoved) this.#checkSeats(event, desk.sequence, eventId);
    }
    this.#checkedAt.set(desk, desk.sequence);
  }

  /** A viewer of the desk's event looks again, from the start or from where it was. */
  look(desk: Desk, eventId: EventId, now: number): void {
    if (!desk.isOpen) return;
    const event = desk.event(eventId);
    if (event === undefined) return;
    const known = this.#viewers.get(desk);
    const viewer = known?.event === event ? known : this.#join(desk, event, now);
    const delta = viewer.watch.takeChanges(now);
    if (this.#options.random.chance(0.3)) this.#resume(viewer, viewer, desk, now);
    for (const away of this.#away) this.#resume(viewer, away, desk, now);
    apply(viewer, delta);
    this.#compare(viewer, event, now);
    this.#options.count('viewer brought on');
  }

  #join(desk: Desk, event: EventReplica, now: number): Viewer {
    const watch = event.watch({ now, recentSeatsMax: RECENT_SEATS_MAX, changed: () => undefined });
    const map = new TwoBitMap(event.plan.totalSeats, watch.statuses.slice());
    const viewer = { watch, event, map, cursor: watch.cursor };
    this.#viewers.set(desk, viewer);
    return viewer;
  }

  /** A viewer that was away is given what came since it left, where that is known. */
  #resume({ watch, event }: Viewer, { map, cursor }: Seen, desk: Desk, now: number): void {
    const parsed = parseSeatCursor(cursor);
    if (parsed === undefined) throw new Error(`I8: ${cursor} is no cursor`);
    if (!watch.isOf(parsed)) return this.#options.count('viewer of another history');
    if (!watch.covers(parsed, desk.sequence))
      return this.#options.count('viewer ahead of the clock');
    const delta = watch.resumeFrom(parsed);
    if (delta === undefined) return this.#options.count('viewer too old to resume');
    const seen = { map: new TwoBitMap(event.plan.totalSeats, map.bytes.slice()), cursor };
    apply(seen, delta);
    this.#compare(seen, event, now);
    this.#options.count('viewer resumed');
  }

  #compare({ map, cursor }: Seen, event: EventReplica, now: number): void {
    const listed = Buffer.from(event.statuses(now)).toString('base64');
    const seen = Buffer.from(map.bytes).toString('base64');
    if (event.cursor(now) !== cursor)
      throw new Error(`I8: the viewer is at ${cursor}, the seats at ${event.cursor(now)}`);
    if (seen !== listed)
      throw new Error(`I8: a viewer at ${cursor} sees ${seen}, listed ${listed}`);
    const key = `${event.record.id} ${cursor}`;
    const before = this.#shown.get(key);
    if (before !== undefined && before !== listed)
      throw new Error(`I8: ${key} was ${before} and is ${listed}`);
    this.#shown.set(key, listed);
    for (const oldest of this.#shown.keys()) {
      if (this.#shown.size <= CURSORS_MAX) break;
      this.#shown.delete(oldest);
    }
  }

  #checkSeats(event: EventReplica, sequence: number, eventId: EventId): void {
    let print = 0;
    for (let seat = 1; seat <= event.plan.totalSeats; seat += 1) {
      // At time 0 no hold is over: what is seen is what the log has made of the seat.
      const code = event.statusAt(seat, 0);
      if (code !== 0) print ^= printOfSeat(seat, code, event.expiresAt(seat, 0) ?? 0);
    }
    if (print !== this.#options.history.printAt(eventId, sequence))
      throw new Error(`I8: the seats of ${eventId} at ${sequence} are not those of the log`);
  }
}

function checkCounts(event: EventReplica, now: number): void {
  const { available, reserved, booked, blocked } = event.counts(now);
  if (
    Math.min(available, reserved, booked, blocked) < 0 ||
    available + reserved + booked + blocked !== event.plan.totalSeats
  )
    throw new Error(`I7: ${available} + ${reserved} + ${booked} + ${blocked}`);
}

function apply(viewer: Seen, { cursor, changes }: SeatDelta): void {
  for (const [seat, code] of changes) viewer.map.set(seat - 1, code);
  viewer.cursor = cursor;
}
