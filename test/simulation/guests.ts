/**
 * Guests: clients who do one thing after the other with idempotency keys, repeat what was not answered or answered 503, now
 * and then ask twice at once, and remember everything. Each is a user of its own, so that whatever the log has of that user
 * is its doing, and it knows exactly what may have become of its reservation:
 *
 * 1. What was refused changed nothing; what was `overloaded` changed nothing either, unless it was given up after a wait.
 * 2. One key, one effect, however often it was sent and whatever died meanwhile.
 * 3. What was accepted stays so, to the end of the world; a hold that nobody moved ends by expiring.
 */
import type { Desk } from '../../src/desk/desk.js';
import type { RequestMark, Reserved } from '../../src/desk/requests.js';
import { type EventId, type ReservationId, type UserId, userId } from '../../src/domain/ids.js';
import type { Outcome } from '../../src/domain/rejection.js';
import type { ReservationRecord } from '../../src/domain/reservation.js';
import { ServerFault } from '../../src/lib/server-fault.js';
import { type Clients, ConnectionLost, pause } from './clients.js';
import { keyed, type Told } from './keyed.js';
import type { Promises } from './promises.js';
import type { Random } from './random.js';
import type { World } from './world.js';

export interface GuestsOptions {
  readonly world: World;
  readonly clients: Clients;
  readonly promises: Promises;
  readonly eventId: EventId;
  readonly totalSeats: number;
}

type Command = (desk: Desk, mark: RequestMark) => Promise<Outcome<ReservationRecord | Reserved>>;

interface Heard extends Told {
  readonly sequence: number;
}

/** What one request came to, after all its repetitions. */
interface Answered {
  /** undefined: the guest gave up asking, and knows nothing. */
  readonly told: Heard | undefined;
  /** Every answer was a 503 that promises that nothing has changed. */
  readonly isUnchanged: boolean;
}

interface Guest {
  readonly user: UserId;
  readonly luck: Random;
  /** What may have become of its reservation; `nothing`: there is none. */
  may: ReadonlySet<string>;
  /** The keys are no longer kept, or the log was cut: it cannot know. */
  isExcused: boolean;
}

const ATTEMPTS_MAX = 8;
/** How long the server remembers that a request with a key is under way. */
const KEY_MS = 60_000;
const DONE = 'nothing confirmed cancelled expired'.split(' ');

export class Guests {
  readonly #options: GuestsOptions;
  readonly #guests: Guest[] = [];
  inFlight = 0;

  constructor(options: GuestsOptions) {
    this.#options = options;
    options.world.onLoss.push(() => {
      for (const guest of this.#guests) guest.isExcused = true;
    });
  }

  /** A guest comes in. On the clients' thread. */
  enter(luck: Random): void {
    const user = userId(`guest${this.#guests.length}`);
    const guest: Guest = { user, luck, may: new Set(['nothing']), isExcused: false };
    this.#guests.push(guest);
    this.inFlight += 1;
    this.#live(guest).then(
      () => {
        this.inFlight -= 1;
      },
      (error: unknown) => {
        this.#options.world.failure ??= error;
      },
    );
  }

  /** Nothing is under way, and every hold has ended. */
  check(): void {
    const { history } = this.#options.world;
    for (const { user, may, isExcused } of this.#guests) {
      if (isExcused) continue;
      const made = history.reservationsOf(user);
      if (made.length > 1)
        throw new Error(`${user} asked once and has ${made.map(({ id }) => id).join()}`);
      const status = made[0]?.status ?? 'nothing';
      if (!may.has(status))
        throw new Error(
          `${user} has a reservation that is ${status}; it may be ${[...may].join()}`,
        );
    }
  }

  async #live(guest: Guest): Promise<void> {
    const { world } = this.#options;
    const held = await this.#reserve(guest);
    if (held === undefined) return;
    const { luck } = guest;
    for (let turn = 0; turn < 3; turn += 1) {
      await pause(luck.below(luck.chance(0.2) ? 1_800 : 500));
      const roll = luck.next();
      if (roll < 0.35) return this.#move(guest, held, 'confirm', 'confirmed');
      if (roll < 0.55) return this.#move(guest, held, 'cancel', 'cancelled');
      if (roll < 0.75) await this.#extend(guest, held);
      else if (roll < 0.85) return;
    }
    world.count('guest lets a hold lapse');
  }

  async #reserve(guest: Guest): Promise<ReservationId | undefined> {
    const { eventId, totalSeats } = this.#options;
    const { luck, user } = guest;
    const first = 1 + luck.below(totalSeats - 4);
    const near = luck.sample([first, first + 1, first + 2], 1 + luck.below(3));
    const far = Array.from(near, () => 1 + luck.below(totalSeats));
    const unique = [...new Set(luck.chance(0.5) ? near : far)];
    const purpose = luck.chance(0.15) ? 'book' : 'hold';
    const isBest = luck.chance(0.25);
    const common = { eventId, userId: user, purpose } as const;
    // From the first word on it may have happened.
    guest.may = new Set([...DONE]);
    const { told, isUnchanged } = await this.#ask(guest, 'reserve', async (desk, idempotency) =>
      isBest
        ? desk.reserveBest({
            ...common,
            quantity: unique.length,
            adjacent: luck.chance(0.5),
            idempotency,
          })
        : desk.reserve({ ...common, seats: unique, reuseOwn: true, idempotency }),
    );
    if (told?.record !== undefined) {
      this.#hear(told);
      guest.may = new Set([purpose === 'book' ? 'confirmed' : 'expired']);
      return purpose === 'book' ? undefined : told.record.id;
    }
    if (told !== undefined || isUnchanged) this.#refused(guest);
    return undefined;
  }

  #hear({ record, sequence }: Heard): void {
    if (record !== undefined) this.#options.promises.hear(record, sequence);
  }

  /** (1) */
  #refused(guest: Guest): void {
    guest.may = new Set(['nothing']);
    const made = this.#options.world.history.reservationsOf(guest.user);
    if (made.length > 0 && !guest.isExcused)
      throw new Error(`${guest.user} was refused, and has ${made[0]?.id}`);
  }

  async #extend(guest: Guest, reservationId: ReservationId): Promise<void> {
    const { told } = await this.#ask(guest, 'extend', (desk, idempotency) =>
      desk.extend({ reservationId, userId: guest.user, idempotency }),
    );
    if (told?.record !== undefined) this.#hear(told);
  }

  async #move(
    guest: Guest,
    reservationId: ReservationId,
    move: 'confirm' | 'cancel',
    status: string,
  ) {
    guest.may = new Set(['expired', status]);
    const { told, isUnchanged } = await this.#ask(guest, move, (desk, idempotency) =>
      desk[move]({ reservationId, userId: guest.user, idempotency }),
    );
    if (told?.record !== undefined) {
      this.#hear(told);
      guest.may = new Set([status]);
    } else if (told !== undefined || isUnchanged) guest.may = new Set(['expired']);
  }

  /** Until it is answered, and not by a 503, or given up. */
  async #ask(guest: Guest, what: string, command: Command): Promise<Answered> {
    const { world } = this.#options;
    const { luck, user } = guest;
    const key = `${user}-${what}-${luck.below(1_000_000)}`;
    const patience = luck.chance(0.2) ? 1 : ATTEMPTS_MAX;
    let isUnchanged = true;
    for (let attempt = 1; ; attempt += 1) {
      const asked = world.machine.time;
      if (luck.chance(0.15)) {
        isUnchanged = false;
        this.#askBeside(guest, key, command);
      }
      const answer = await this.#once(key, command, luck.below(world.gatewayCount));
      world.count(`answer ${typeof answer === 'string' ? answer : answer.code}`);
      world.note(`${user} ${what}: ${typeof answer === 'string' ? answer : told(answer)}`);
      const waited = world.machine.time - asked;
      if (waited >= KEY_MS) guest.isExcused = true;
      if (typeof answer !== 'string' && answer.code !== 'idempotency_in_flight') {
        if (answer.isReplayed) world.count('first answer given again');
        return { told: answer, isUnchanged: false };
      }
      const isGivenUp = waited >= world.limits.desk.answerMsMax;
      if (isGivenUp) world.count('given up after a wait');
      if (answer !== 'overloaded' || isGivenUp) isUnchanged = false;
      if (attempt >= patience) return { told: undefined, isUnchanged };
      world.count('asked again');
      await pause(50 + luck.below(400));
    }
  }

  /** The same request at the same time, perhaps over another gateway: a client that was too quick. */
  #askBeside(guest: Guest, key: string, command: Command): void {
    const { world } = this.#options;
    world.count('asked twice at once');
    void this.#once(key, command, guest.luck.below(world.gatewayCount)).then((answer) => {
      if (typeof answer !== 'string' && answer.record !== undefined && !guest.isExcused)
        this.#hear(answer);
    });
  }

  /** @returns what it was told, or why it was not: the code of a 503, or `lost` */
  async #once(key: string, command: Command, gateway: number): Promise<Heard | string> {
    try {
      const { value, sequence } = await this.#options.clients.request(gateway, (desk) =>
        keyed(desk, key, (mark) => command(desk, mark)),
      );
      return { ...value, sequence };
    } catch (fault) {
      if (fault instanceof ConnectionLost) return 'lost';
      if (fault instanceof ServerFault) return fault.code;
      throw fault;
    }
  }
}

function told({ code, record, isReplayed }: Told): string {
  const what = record === undefined ? '' : ` ${record.id} ${record.status}`;
  return `${code}${what}${isReplayed ? ' again' : ''}`;
}
