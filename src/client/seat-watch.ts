/**
 * An event's seats, live: what is known of them, kept current over connections that come and go.
 *
 * 1. What it shows at a cursor is what `GET …/seats` shows at that cursor (I8).
 * 2. Whatever changes between two looks at it is told, each seat with what it was, whether it came as a delta or in a snapshot
 *    after a gap.
 * 3. It is moved first and tells then: a handler sees what it is told of, and may close the watch.
 */
import type { SeatStatus } from '../domain/seat-status.js';
import { ChangeStream } from './change-stream.js';
import type { ConnectionEndKind } from './feed-connection.js';
import type { FeedFrame } from './feed-frame.js';
import { FeedLink } from './feed-link.js';
import { HoldfastClient } from './holdfast-client.js';
import { portsWith } from './ports.js';
import type { Reply } from './reply.js';
import type {
  CommandOptions,
  OfReservation,
  Reservation,
  SeatsOfReservation,
  SeatWish,
} from './reservation.js';
import { type SeatChange, type SeatCounts, SeatMap } from './seat-map.js';
import { ServerUrl } from './server-url.js';
import { type SocketCommand, SocketCommands } from './socket-commands.js';
import {
  type SeatView,
  WATCH_LIMITS,
  type WatchOptions,
  type WatchState,
} from './watch-options.js';

export class SeatWatch implements SeatView {
  readonly eventId: string;
  readonly #options: WatchOptions;
  readonly #url: ServerUrl;
  readonly #link: FeedLink;
  readonly #commands: SocketCommands;
  readonly #streams = new Set<ChangeStream>();
  #state: WatchState = 'connecting';
  #map = new SeatMap(0);
  /** undefined: nothing is known yet. */
  #cursor: string | undefined;
  #isResumable = false;

  /** @throws TypeError where `url` is no HTTP URL, or there is no WebSocket class. */
  constructor(eventId: string, options: WatchOptions) {
    const ports = portsWith(options);
    const limits = { ...WATCH_LIMITS, ...options.limits };
    this.eventId = eventId;
    this.#options = options;
    this.#url = new ServerUrl(options.url);
    this.#commands = new SocketCommands(limits, ports.timers);
    const client = new HoldfastClient({ url: options.url, fetch: ports.fetch });
    const listener = {
      url: () => this.#feedUrl(),
      onFrame: (frame: FeedFrame) => this.#received(frame),
      onLost: (kind: ConnectionEndKind, why: string) => this.#lost(kind, why),
      onGone: () => this.#closed(`there is no event ${eventId}`),
    };
    this.#link = new FeedLink({ eventId, client, ports, limits, listener });
  }

  get state(): WatchState {
    return this.#state;
  }

  /** Opaque; of what is shown. undefined: nothing is known yet. */
  get cursor(): string | undefined {
    return this.#cursor;
  }

  get totalSeats(): number {
    return this.#known?.totalSeats ?? 0;
  }

  get codes(): Uint8Array {
    return this.#known?.codes ?? NO_CODES;
  }

  get counts(): SeatCounts {
    return this.#known?.counts ?? NO_SEATS;
  }

  statusOf(seatNumber: number): SeatStatus | undefined {
    return this.#known?.statusOf(seatNumber);
  }

  /**
   * What changes from now on, for `for await`: each time all that differs since the last time, one entry a seat. Ends
   * when the watch is closed.
   */
  changes(): AsyncIterableIterator<readonly SeatChange[]> {
    const stream = new ChangeStream(() => this.#streams.delete(stream));
    if (this.#isClosed) stream.end();
    else this.#streams.add(stream);
    return stream;
  }

  /** The answer of `POST …/reservations`. It and all commands: a refusal is a reply; rejects with a CommandLost. */
  reserve(wish: SeatWish, options: CommandOptions = {}): Promise<Reply<Reservation>> {
    return this.#ask({ type: 'reserve', ...wish, ...options });
  }

  confirm(of: OfReservation, options: CommandOptions = {}): Promise<Reply<Reservation>> {
    return this.#ask({ type: 'confirm', ...of, ...options });
  }

  cancel(of: OfReservation, options: CommandOptions = {}): Promise<Reply<Reservation>> {
    return this.#ask({ type: 'cancel', ...of, ...options });
  }

  extend(of: OfReservation, options: CommandOptions = {}): Promise<Reply<Reservation>> {
    return this.#ask({ type: 'extend', ...of, ...options });
  }

  release(of: SeatsOfReservation, options: CommandOptions = {}): Promise<Reply<Reservation>> {
    return this.#ask({ type: 'release', ...of, ...options });
  }

  /** For good. Commands without an answer are lost; what is known stays readable. Again: nothing. */
  close(): void {
    this.#link.close();
    this.#closed('it was closed');
  }

  /** A handler may have closed it: asked anew each time, which the compiler does not expect of a field. */
  get #isClosed(): boolean {
    return this.#state === 'closed';
  }

  get #known(): SeatMap | undefined {
    return this.#cursor === undefined ? undefined : this.#map;
  }

  #ask(command: SocketCommand): Promise<Reply<Reservation>> {
    return this.#commands.ask(command, (text) => this.#link.send(text));
  }

  #feedUrl(): string {
    const { session } = this.#options;
    const cursor = this.#isResumable ? this.#cursor : undefined;
    return this.#url.webSocket(['events', this.eventId, 'feed'], {
      ...(cursor === undefined ? {} : { cursor }),
      ...(session === undefined ? {} : { session }),
    });
  }

  /** Of another size it is another event under the same id: nothing is known of it. */
  #sized(totalSeats: number): void {
    if (totalSeats === this.#map.totalSeats) return;
    this.#map = new SeatMap(totalSeats);
    this.#cursor = undefined;
    this.#enter('connecting', `the event has ${totalSeats} seats`);
  }

  #received(frame: FeedFrame): void {
    switch (frame.type) {
      case 'snapshot':
        this.#sized(frame.totalSeats);
        if (this.#isClosed) return;
        return this.#moved(frame.cursor, this.#map.replace(frame.statuses), true);
      case 'delta':
        return this.#moved(frame.cursor, this.#known?.apply(frame.changes), false);
      case 'result':
        return this.#commands.answered(frame);
      case 'error':
        return this.#commands.refused(frame);
    }
  }

  #moved(cursor: string, changes: readonly SeatChange[] | undefined, isSnapshot: boolean): void {
    if (changes === undefined) return this.#link.restart('the server told of seats there are not');
    const isFirst = this.#cursor === undefined;
    this.#cursor = cursor;
    this.#isResumable = true;
    if (isSnapshot) this.#options.onSnapshot?.(this);
    if (!isFirst) this.#tellChanges(changes);
    if (!this.#isClosed) this.#enter('live', 'the server said what there is');
  }

  #tellChanges(changes: readonly SeatChange[]): void {
    if (this.#isClosed || changes.length === 0) return;
    for (const stream of this.#streams) stream.push(changes);
    this.#options.onChange?.(changes);
  }

  #lost(kind: ConnectionEndKind, why: string): void {
    if (kind === 'unreadable') this.#isResumable = false;
    this.#commands.lost(why);
    if (kind === 'silent' || this.#state !== 'live') return;
    this.#enter('stale', why);
  }

  #closed(why: string): void {
    this.#commands.lost(why);
    for (const stream of this.#streams) stream.end();
    this.#streams.clear();
    this.#enter('closed', why);
  }

  #enter(state: WatchState, why: string): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.onState?.(state, why);
  }
}

const NO_CODES = new Uint8Array(0);
const NO_SEATS: SeatCounts = { available: 0, reserved: 0, booked: 0, blocked: 0 };
