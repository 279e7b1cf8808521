/**
 * Buyers: a dozen users who all want the same seats and do one random thing after another, without keys and without
 * patience; they know of each other's reservations, and try to move those too. What they are told is held to the log.
 */
import type { Desk } from '../../src/desk/desk.js';
import { type EventId, type ReservationId, type UserId, userId } from '../../src/domain/ids.js';
import type { Outcome } from '../../src/domain/rejection.js';
import type { ReservationRecord } from '../../src/domain/reservation.js';
import { ServerFault } from '../../src/lib/server-fault.js';
import { type Clients, ConnectionLost } from './clients.js';
import type { Promises } from './promises.js';
import type { Random } from './random.js';
import type { World } from './world.js';

export interface BuyersOptions {
  readonly world: World;
  readonly clients: Clients;
  readonly promises: Promises;
  readonly eventId: EventId;
  readonly totalSeats: number;
  readonly users: number;
}

type Act = (desk: Desk) => Promise<Outcome<ReservationRecord>>;

export class Buyers {
  readonly #options: BuyersOptions;
  readonly #known: { id: ReservationId; user: UserId }[] = [];
  inFlight = 0;
  accepted = 0;
  refused = 0;
  faults = 0;

  constructor(options: BuyersOptions) {
    this.#options = options;
  }

  /** One random act, on the clients' thread. */
  act(luck: Random): void {
    const roll = luck.next();
    if (this.#known.length === 0 || roll < 0.45) this.#run('reserve', luck, this.#reserve(luck));
    else if (roll < 0.5) this.#run('best', luck, this.#best(luck));
    else if (roll < 0.58) this.#run('again', luck, this.#again(luck));
    else this.#run('move', luck, this.#move(luck));
  }

  #reserve(luck: Random): Act {
    const { eventId, totalSeats } = this.#options;
    const near = luck.chance(0.5) ? 1 + luck.below(totalSeats) : undefined;
    const all = Array.from({ length: totalSeats }, (_, index) => index + 1);
    const pool = near === undefined ? all : all.slice(near - 1, near + 5);
    const seats = luck.sample(pool, 1 + luck.below(4));
    const user = this.#user(luck);
    const purpose = luck.chance(0.2) ? 'book' : 'hold';
    const wish = { eventId, userId: user, seats, purpose, reuseOwn: true } as const;
    return async (desk) => {
      return this.#keep(user, await desk.reserve(wish));
    };
  }

  /** Exactly the seats of a hold, by whoever has it. */
  #again(luck: Random): Act {
    const { eventId, world } = this.#options;
    const { id, user } = luck.pick(this.#known.slice(-4));
    const seats = world.history.reservations.get(id)?.seats ?? [1];
    const wish = { eventId, userId: user, seats, purpose: 'hold', reuseOwn: true } as const;
    return async (desk) => {
      const outcome = await desk.reserve(wish);
      if (outcome.ok && !outcome.value.created) world.count('own hold given back');
      return this.#keep(user, outcome);
    };
  }

  #best(luck: Random): Act {
    const { eventId } = this.#options;
    const user = this.#user(luck);
    const quantity = 1 + luck.below(3);
    const adjacent = luck.chance(0.7);
    const wish = { eventId, userId: user, quantity, adjacent, purpose: 'hold' } as const;
    return async (desk) => this.#keep(user, await desk.reserveBest(wish));
  }

  #keep(user: UserId, outcome: Outcome<{ record: ReservationRecord }>): Outcome<ReservationRecord> {
    if (!outcome.ok) return outcome;
    const { record } = outcome.value;
    this.#known.push({ id: record.id, user });
    if (this.#known.length > 200) this.#known.shift();
    return { ok: true, value: record };
  }

  #move(luck: Random): Act {
    const recent = this.#known.slice(-12);
    const { id: reservationId, user } = luck.pick(luck.chance(0.8) ? recent : this.#known);
    const who = luck.chance(0.9) ? user : this.#user(luck);
    const roll = luck.next();
    if (roll < 0.4) return (desk) => desk.confirm({ reservationId, userId: who });
    if (roll < 0.65) return (desk) => desk.cancel({ reservationId, userId: who });
    if (roll < 0.8) return (desk) => desk.extend({ reservationId, userId: who });
    if (roll < 0.9) return (desk) => desk.refund({ reservationId });
    return async (desk) => {
      const record = await desk.reservation(reservationId);
      return desk.release({ reservationId, userId: who, seats: record?.seats.slice(0, 1) ?? [] });
    };
  }

  #user(luck: Random): UserId {
    return userId(`user${luck.below(this.#options.users)}`);
  }

  #run(what: string, luck: Random, act: Act): void {
    const { world, clients, promises } = this.#options;
    this.inFlight += 1;
    clients
      .request(luck.below(world.gatewayCount), act)
      .then(({ value: outcome, sequence }) => {
        this.inFlight -= 1;
        world.note(
          `${what}: ${outcome.ok ? `${outcome.value.id} ${outcome.value.status}` : outcome.rejection.code}`,
        );
        world.count(`answer ${outcome.ok ? 'accepted' : outcome.rejection.code}`);
        if (outcome.ok) this.accepted += 1;
        else this.refused += 1;
        if (outcome.ok) promises.hear(outcome.value, sequence);
      })
      .catch((fault: unknown) => this.#failed(fault));
  }

  #failed(fault: unknown): void {
    const { world } = this.#options;
    if (fault instanceof ServerFault || fault instanceof ConnectionLost) {
      this.inFlight -= 1;
      this.faults += 1;
      world.count(`answer ${fault instanceof ServerFault ? fault.code : 'lost'}`);
    } else world.failure ??= fault;
  }
}
