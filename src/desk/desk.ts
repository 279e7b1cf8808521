/**
 * The gateway's side of the shards: it knows who owns what, sends each command there, spreads reservations over several
 * owners, and keeps the replica that every read is served from. One desk a gateway thread; it decides no rule of booking.
 *
 * Its host calls `answered`, `news`, `tick` and `endTurn`; the gateway calls the rest.
 */

import type { CommandOutcome, IdempotencyMark, ReservationCommand } from '../domain/commands.js';
import type { EventRecord } from '../domain/event.js';
import { type EventId, eventId, type ReservationId, type SeatNumber } from '../domain/ids.js';
import { shardOf } from '../domain/ownership.js';
import { accepted, type Outcome } from '../domain/rejection.js';
import { isOverdue, type ReservationRecord, recordAt } from '../domain/reservation.js';
import { homeKeyOf } from '../domain/reservation-id.js';
import type { Clock, EpochMs } from '../lib/clock.js';
import { type Soon, whenKnown } from '../lib/soon.js';
import type { ShardAnswer } from '../shard/ports.js';
import { BestSeats } from './best-seats.js';
import { undecided } from './desk-faults.js';
import type { DeskMeasures, DeskOptions } from './desk-options.js';
import { EventAdmin } from './event-admin.js';
import type { EventReplica } from './event-replica.js';
import { HouseSeats } from './house-seats.js';
import type { DeskStore, KeptAnswer, StoreNews, StoreQueries } from './ports.js';
import { Replica } from './replica.js';
import type {
  BlockSeats,
  CreateEvent,
  DeleteEvent,
  Marked,
  OfReservation,
  PatchEvent,
  ReleaseSeats,
  RequestMark,
  ReserveBest,
  Reserved,
  ReserveSeats,
} from './requests.js';
import { Reservations } from './reservations.js';
import { ShardLink } from './shard-link.js';
import { SpreadReservations } from './spread-reservation.js';

export type { DeskLimits, DeskMeasures } from './desk-options.js';

export class Desk {
  readonly #clock: Clock;
  readonly #shardCount: number;
  readonly #store: DeskStore;
  readonly #replica: Replica;
  readonly #link: ShardLink;
  readonly #spreads: SpreadReservations;
  readonly #reservations: Reservations;
  readonly #best: BestSeats;
  readonly #house: HouseSeats;
  readonly #admin: EventAdmin;
  #conflicts = new Map<EventId, number>();

  constructor(options: DeskOptions) {
    const { clock, shardCount, store, limits, random } = options;
    this.#clock = clock;
    this.#shardCount = shardCount;
    this.#store = store;
    const replica = new Replica(clock);
    const link = new ShardLink({
      shardCount,
      clock,
      inFlightMax: limits.shardCommandsMax,
      batchMax: limits.commandsPerMessageMax,
      answerMsMax: limits.answerMsMax,
      send: options.send,
      wantsTurn: options.wantsTurn,
    });
    const spreads = new SpreadReservations(link);
    const isOnlyGateway = options.gatewayCount === 1;
    const { attemptsMax, picksMax } = limits;
    const reservations = new Reservations({
      clock,
      shardCount,
      isOnlyGateway,
      attemptsMax,
      random,
      replica,
      link,
      spreads,
      store,
    });
    this.#replica = replica;
    this.#link = link;
    this.#spreads = spreads;
    this.#reservations = reservations;
    this.#best = new BestSeats({ clock, replica, reservations, picksMax });
    this.#house = new HouseSeats({ clock, shardCount, replica, reservations, spreads, link });
    this.#admin = new EventAdmin({ clock, shardCount, replica, link, random, attemptsMax });
  }

  now(): EpochMs {
    return this.#clock.now();
  }

  /** The store's snapshot is here. */
  get isOpen(): boolean {
    return this.#replica.isOpen;
  }

  /** The last fact that it has heard of, of any event. */
  get sequence(): number {
    return this.#replica.sequence;
  }

  /** Events that are not deleted, in order of creation. */
  events(): readonly EventReplica[] {
    return this.#replica.list();
  }

  /** undefined: no such event, or deleted. */
  event(id: string): EventReplica | undefined {
    const event = this.anyEvent(eventId(id));
    return event?.record.status === 'deleted' ? undefined : event;
  }

  /** A deleted event too: its plan is needed to show what was. */
  anyEvent(id: EventId): EventReplica | undefined {
    return this.#replica.get(id);
  }

  reserve(request: ReserveSeats): Soon<Outcome<Reserved>> {
    const replayed = replay<ReservationRecord>(request.idempotency);
    if (replayed !== undefined) return asCreated(replayed);
    const { eventId } = request;
    return whenKnown(this.#reservations.reserve(request), (outcome) =>
      this.#counted(eventId, outcome),
    );
  }

  async reserveBest(request: ReserveBest): Promise<Outcome<Reserved>> {
    const replayed = replay<ReservationRecord>(request.idempotency);
    if (replayed !== undefined) return asCreated(replayed);
    return this.#counted(request.eventId, await this.#best.reserve(request));
  }

  confirm({ reservationId, userId, ...rest }: OfReservation): Promise<Outcome<ReservationRecord>> {
    return this.#move({ type: 'reservation.confirm', reservationId, userId }, rest);
  }

  cancel({ reservationId, userId, ...rest }: OfReservation): Promise<Outcome<ReservationRecord>> {
    return this.#move({ type: 'reservation.cancel', reservationId, userId }, rest);
  }

  extend({ reservationId, userId, ...rest }: OfReservation): Promise<Outcome<ReservationRecord>> {
    return this.#move({ type: 'reservation.extend', reservationId, userId }, rest);
  }

  release({
    reservationId,
    userId,
    seats,
    ...rest
  }: ReleaseSeats): Promise<Outcome<ReservationRecord>> {
    return this.#move({ type: 'reservation.release', reservationId, userId, seats }, rest);
  }

  refund({
    reservationId,
    ...rest
  }: { reservationId: ReservationId } & Marked): Promise<Outcome<ReservationRecord>> {
    return this.#move({ type: 'reservation.refund', reservationId }, rest);
  }

  async block(request: BlockSeats): Promise<Outcome<readonly SeatNumber[]>> {
    return replay<readonly SeatNumber[]>(request.idempotency) ?? this.#house.block(request);
  }

  async unblock(request: BlockSeats): Promise<Outcome<readonly SeatNumber[]>> {
    return replay<readonly SeatNumber[]>(request.idempotency) ?? this.#house.unblock(request);
  }

  async createEvent(request: CreateEvent): Promise<Outcome<EventRecord>> {
    return replay<EventRecord>(request.idempotency) ?? this.#admin.create(request);
  }

  async patchEvent(request: PatchEvent): Promise<Outcome<EventRecord>> {
    return replay<EventRecord>(request.idempotency) ?? this.#admin.patch(request);
  }

  async deleteEvent(request: DeleteEvent): Promise<Outcome<EventRecord>> {
    return replay<EventRecord>(request.idempotency) ?? this.#admin.delete(request);
  }

  /** As it reads now: an overdue hold is expired. */
  async reservation(reservationId: ReservationId): Promise<ReservationRecord | undefined> {
    const record = await this.#store.query('reservation', { reservationId });
    return record === undefined ? undefined : recordAt(record, this.#clock.now());
  }

  /** The live reservation (held and not overdue, or confirmed) that has the seat now. */
  async seatHolder(id: EventId, seat: SeatNumber): Promise<ReservationRecord | undefined> {
    const record = await this.#store.query('seatHolder', { eventId: id, seat });
    return record === undefined || isOverdue(record, this.#clock.now()) ? undefined : record;
  }

  query<Name extends keyof StoreQueries>(
    name: Name,
    ask: StoreQueries[Name]['ask'],
  ): Promise<StoreQueries[Name]['answer']> {
    return this.#store.query(name, ask);
  }

  remember(mark: IdempotencyMark, answer: KeptAnswer): Promise<void> {
    return this.#store.remember(mark, answer);
  }

  abandon(key: string): void {
    this.#store.abandon(key);
  }

  /** From a shard. */
  answered(answers: readonly ShardAnswer[]): void {
    this.#link.answered(answers, this.#replica.sequence);
  }

  /** From the store. */
  news(news: StoreNews): void {
    this.#replica.hear(news);
    this.#link.replicated(this.#replica.sequence);
  }

  /** Resolves when everything over several shards that it took part in has ended: only then may it be started again. */
  async shardDown(shard: number): Promise<void> {
    const settled = this.#spreads.shardDown(shard);
    this.#link.shardDown(shard);
    await settled;
  }

  shardUp(shard: number): void {
    this.#link.shardUp(shard);
  }

  /** Many times a second: gives up what never came back, notices what has lapsed, and hands on what was counted. */
  tick(): void {
    this.#link.tick();
    this.#replica.noticeLapses();
    if (this.#conflicts.size === 0) return;
    this.#store.countConflicts(this.#conflicts);
    this.#conflicts = new Map();
  }

  /** Once a turn of the host's event loop: what was asked goes out. */
  endTurn(): void {
    this.#link.endTurn();
  }

  measures(): DeskMeasures {
    return {
      commandsInFlight: this.#link.inFlight,
      spreadReservations: this.#spreads.count,
      sequence: this.#replica.sequence,
    };
  }

  async #move(
    command: ReservationCommand,
    { idempotency }: Marked,
  ): Promise<Outcome<ReservationRecord>> {
    const replayed = replay<ReservationRecord>(idempotency);
    if (replayed !== undefined) return replayed;
    const shard = shardOf(homeKeyOf(command.reservationId), this.#shardCount);
    const outcome = await this.#link.ask(
      shard,
      idempotency === undefined ? command : { ...command, idempotency },
    );
    if (outcome.ok || 'rejection' in outcome) return outcome;
    throw undecided(`shard ${shard} could not decide: ${outcome.undecided}`);
  }

  #counted(id: EventId, outcome: Outcome<Reserved>): Outcome<Reserved> {
    if (!outcome.ok && outcome.rejection.code === 'seat_unavailable') {
      this.#conflicts.set(id, (this.#conflicts.get(id) ?? 0) + 1);
    }
    return outcome;
  }
}

/** The first outcome of the request, where it is asked for again. */
function replay<T>(mark: RequestMark | undefined): Outcome<T> | undefined {
  // The key's fingerprint covers method and path: what was kept is the outcome of this very kind of request.
  return mark?.replay as (CommandOutcome & Outcome<T>) | undefined;
}

function asCreated(outcome: Outcome<ReservationRecord>): Outcome<Reserved> {
  return outcome.ok ? accepted({ record: outcome.value, created: true }) : outcome;
}
