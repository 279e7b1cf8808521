/** Simulated buyers: each does one random thing after another through a random desk, and remembers what it was promised. */
import { type EventId, type ReservationId, type UserId, userId } from '../../src/domain/ids.js';
import type { Outcome } from '../../src/domain/rejection.js';
import type { ReservationRecord } from '../../src/domain/reservation.js';
import { ServerFault } from '../../src/lib/server-fault.js';
import type { World } from './world.js';

/** Where each status may have gone since it was promised. */
const MAY_FOLLOW: Readonly<Record<string, readonly string[]>> = {
  reserved: ['reserved', 'confirmed', 'cancelled', 'expired', 'refunded'],
  confirmed: ['confirmed', 'refunded'],
  cancelled: ['cancelled'],
  expired: ['expired'],
  refunded: ['refunded'],
};

export interface BuyersOptions {
  readonly world: World;
  readonly eventId: EventId;
  readonly totalSeats: number;
  readonly users: number;
  readonly seatsPerUserMax: number | null;
}

export class Buyers {
  readonly #world: World;
  readonly #options: BuyersOptions;
  readonly #known: { id: ReservationId; user: UserId }[] = [];
  /** What was promised last of each reservation. */
  readonly promised = new Map<ReservationId, string>();
  inFlight = 0;
  accepted = 0;
  refused = 0;
  faults = 0;

  constructor(options: BuyersOptions) {
    this.#world = options.world;
    this.#options = options;
  }

  /** Starts one random act; it ends when the world has delivered what it needs. */
  act(): void {
    const { random } = this.#world;
    const roll = random.next();
    if (this.#known.length === 0 || roll < 0.45) this.#run('reserve', () => this.#reserve());
    else if (roll < 0.5) this.#run('best', () => this.#best());
    else this.#run('move', () => this.#move());
  }

  #user(): UserId {
    return userId(`user${this.#world.random.below(this.#options.users)}`);
  }

  #desk() {
    return this.#world.desk(this.#world.random.below(this.#world.gatewayCount));
  }

  async #reserve(): Promise<Outcome<ReservationRecord>> {
    const { random } = this.#world;
    const { eventId, totalSeats } = this.#options;
    const near = random.chance(0.5) ? 1 + random.below(totalSeats) : undefined;
    const count = 1 + random.below(4);
    const all = Array.from({ length: totalSeats }, (_, index) => index + 1);
    const pool = near === undefined ? all : all.slice(near - 1, near + 5);
    const seats = random.sample(pool, count);
    const user = this.#user();
    const purpose = random.chance(0.2) ? 'book' : 'hold';
    const outcome = await this.#desk().reserve({
      eventId,
      userId: user,
      seats,
      purpose,
      reuseOwn: true,
    });
    return this.#keep(user, outcome);
  }

  async #best(): Promise<Outcome<ReservationRecord>> {
    const { random } = this.#world;
    const user = this.#user();
    const wish = {
      eventId: this.#options.eventId,
      userId: user,
      quantity: 1 + random.below(3),
      adjacent: random.chance(0.7),
    };
    return this.#keep(user, await this.#desk().reserveBest({ ...wish, purpose: 'hold' }));
  }

  #keep(user: UserId, outcome: Outcome<{ record: ReservationRecord }>): Outcome<ReservationRecord> {
    if (!outcome.ok) return outcome;
    this.#known.push({ id: outcome.value.record.id, user });
    return { ok: true, value: outcome.value.record };
  }

  #move(): Promise<Outcome<ReservationRecord>> {
    const { random } = this.#world;
    const recent = this.#known.slice(-12);
    const { id: reservationId, user } = random.pick(random.chance(0.8) ? recent : this.#known);
    const who = random.chance(0.9) ? user : this.#user();
    const desk = this.#desk();
    const roll = random.next();
    if (roll < 0.4) return desk.confirm({ reservationId, userId: who });
    if (roll < 0.65) return desk.cancel({ reservationId, userId: who });
    if (roll < 0.8) return desk.extend({ reservationId, userId: who });
    if (roll < 0.9) return desk.refund({ reservationId });
    return this.#releaseSome(reservationId, who);
  }

  async #releaseSome(
    reservationId: ReservationId,
    who: UserId,
  ): Promise<Outcome<ReservationRecord>> {
    const desk = this.#desk();
    const record = await desk.reservation(reservationId);
    const seats = record?.seats.slice(0, 1) ?? [];
    return desk.release({ reservationId, userId: who, seats });
  }

  #run(what: string, act: () => Promise<Outcome<ReservationRecord>>): void {
    this.inFlight += 1;
    act().then(
      (outcome) => {
        this.inFlight -= 1;
        if (outcome.ok) this.#hear(what, outcome.value);
        else this.refused += 1;
      },
      (fault: unknown) => {
        this.inFlight -= 1;
        if (!(fault instanceof ServerFault)) this.failures.push(fault);
        this.faults += 1;
      },
    );
  }

  /** Anything that is neither an answer nor a fault that the server may have. */
  readonly failures: unknown[] = [];

  /** The process was killed: whatever was under way is never answered. */
  forget(): void {
    this.inFlight = 0;
  }

  /** I3: what is promised is in the store at that very moment, and was at least once what was promised. */
  #hear(what: string, record: ReservationRecord): void {
    this.accepted += 1;
    const stored = this.#stored(record.id);
    this.#world.note(`${what} ${record.id} ${record.status} [${record.seats.join(' ')}]`);
    if (stored === undefined || !MAY_FOLLOW[record.status]?.includes(stored.status)) {
      this.failures.push(
        new Error(`I3: promised ${record.id} ${record.status}, stored ${stored?.status}`),
      );
    }
    const before = this.promised.get(record.id);
    if (before === undefined || MAY_FOLLOW[before]?.includes(record.status))
      this.promised.set(record.id, record.status);
  }

  /** Every promise still stands. */
  check(): void {
    for (const [id, status] of this.promised) {
      const stored = this.#stored(id);
      if (stored === undefined || !MAY_FOLLOW[status]?.includes(stored.status)) {
        throw new Error(`promised ${id} ${status}, stored ${stored?.status}`);
      }
    }
  }

  #stored(id: ReservationId): ReservationRecord | undefined {
    return this.#world.store.query('reservation', { reservationId: id });
  }
}
