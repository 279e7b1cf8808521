/** The house's own people: they block and free seats, close and open the sale, and make and delete other events. */
import type { Desk } from '../../src/desk/desk.js';
import { type EventId, eventId, userId } from '../../src/domain/ids.js';
import type { Outcome } from '../../src/domain/rejection.js';
import { ServerFault } from '../../src/lib/server-fault.js';
import { type Clients, ConnectionLost, pause } from './clients.js';
import type { Random } from './random.js';
import { smallHouse } from './venue.js';
import type { World } from './world.js';

const TOURIST = userId('tourist');

export interface HouseStaffOptions {
  readonly world: World;
  readonly clients: Clients;
  readonly eventId: EventId;
  readonly totalSeats: number;
}

export class HouseStaff {
  readonly #options: HouseStaffOptions;
  /** Seats that were blocked together. */
  readonly #blocked: number[][] = [];
  #events = 0;
  inFlight = 0;

  constructor(options: HouseStaffOptions) {
    this.#options = options;
  }

  /** Some seats become house seats, or are sold again. On the clients' thread, as the next. */
  house(luck: Random): void {
    const { totalSeats, eventId: id, world } = this.#options;
    const first = 1 + luck.below(totalSeats - 3);
    const seats = [first, first + 1, 1 + luck.below(totalSeats)];
    const act = this.#blocked.length === 0 || luck.chance(0.5) ? 'block' : 'unblock';
    const chosen = act === 'block' ? [...new Set(seats)] : (this.#blocked.shift() ?? []);
    this.#run(async () => {
      const outcome = await this.#ask(luck, (desk) => desk[act]({ eventId: id, seats: chosen }));
      if (outcome?.ok !== true) return;
      world.count(`house seats: ${act}`);
      if (act === 'block') this.#blocked.push(chosen);
    });
  }

  /** The sale is closed for a while; or an event is made, sold a little, and deleted. */
  admin(luck: Random): void {
    if (luck.chance(0.4)) this.#run(() => this.#close(luck));
    else this.#run(() => this.#tour(luck));
  }

  async #close(luck: Random): Promise<void> {
    const { world, eventId: id } = this.#options;
    const patch = (status: 'closed' | 'on_sale') =>
      this.#ask(luck, (desk) => desk.patchEvent({ eventId: id, patch: { status } }));
    if ((await patch('closed'))?.ok === true) world.count('sale closed');
    await pause(luck.below(200));
    // Until it is told that it is so: a sale that stays closed makes for a dull course. A power cut may have taken the event.
    for (let attempt = 0; attempt < 40; attempt += 1) {
      const outcome = await patch('on_sale');
      if (outcome?.ok || outcome?.rejection.code === 'event_not_found') return;
      await pause(300);
    }
  }

  async #tour(luck: Random): Promise<void> {
    const { world } = this.#options;
    this.#events += 1;
    const id = eventId(`tour${this.#events}`);
    const rules = { name: 'Tour', currency: 'EUR', holdMs: 900, maxSeatsPerUser: null };
    const made = await this.#ask(luck, (desk) =>
      desk.createEvent({ id, ...rules, preventOrphans: false, plan: smallHouse(3, 30) }),
    );
    if (made?.ok !== true) return;
    for (const seat of [1, 40, 80]) {
      const seats = [seat, seat + 1];
      const wish = { eventId: id, seats, purpose: 'hold', reuseOwn: true } as const;
      await this.#ask(luck, async (desk) => desk.reserve({ ...wish, userId: TOURIST }));
    }
    // Of some the time is just up.
    await pause(luck.below(1_200));
    const force = luck.chance(0.5);
    const deleted = await this.#ask(luck, (desk) => desk.deleteEvent({ eventId: id, force }));
    if (deleted?.ok === true) world.count('event deleted');
  }

  #run(work: () => Promise<void>): void {
    this.inFlight += 1;
    work().then(
      () => {
        this.inFlight -= 1;
      },
      (error: unknown) => {
        this.#options.world.failure ??= error;
      },
    );
  }

  /** undefined: whether it has happened is not known. */
  async #ask<T>(
    luck: Random,
    act: (desk: Desk) => Promise<Outcome<T>>,
  ): Promise<Outcome<T> | undefined> {
    const { clients, world } = this.#options;
    try {
      return (await clients.request(luck.below(world.gatewayCount), act)).value;
    } catch (fault) {
      if (fault instanceof ServerFault || fault instanceof ConnectionLost) return undefined;
      throw fault;
    }
  }
}
