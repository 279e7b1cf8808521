/** The house that the demo sells: made from the plan through the import route, and read while it is sold. */
import { readFile } from 'node:fs/promises';
import type { Reply } from './box-office.js';
import type { HttpClient } from './http-client.js';
import {
  PLAYHOUSE_CURRENCY,
  PLAYHOUSE_HOLD_SECONDS,
  PLAYHOUSE_ID,
  PLAYHOUSE_NAME,
  PLAYHOUSE_PRICES,
} from './playhouse.js';

/** What of an event's answer is used (API §3). */
export interface HouseEvent {
  readonly id: string;
  readonly name: string;
  readonly currency: string;
  readonly totalSeats: number;
  readonly availableSeats: number;
  readonly reservedSeats: number;
  readonly bookedSeats: number;
}

/** What of an event's stats is used. */
export interface HouseStats {
  readonly reservations: Readonly<
    Record<'reserved' | 'confirmed' | 'cancelled' | 'expired', number>
  >;
  readonly conflicts: number;
  readonly byCategory: readonly HouseSales[];
}

/** Net of refunds. */
export interface HouseSales {
  readonly category: string | null;
  readonly seats: number;
  /** Minor units. */
  readonly amount: number;
}

/** The house at a moment, as far as two requests are one moment. */
export interface HouseReading {
  readonly event: HouseEvent;
  readonly stats: HouseStats;
  /** Minor units: the sum of all sales. */
  readonly revenue: number;
}

export class DemoHouse {
  /** As it was when the demo began. */
  readonly event: HouseEvent;
  readonly #staff: HttpClient;

  private constructor(staff: HttpClient, event: HouseEvent) {
    this.#staff = staff;
    this.event = event;
  }

  /**
   * Imports the playhouse; one that is there already goes on selling.
   *
   * @param staff may do what an admin may
   */
  static async open(staff: HttpClient): Promise<DemoHouse> {
    const imported = await staff.post<HouseEvent>(importPath(), await playhousePlan());
    const wasThere = !imported.ok && imported.code === 'event_exists';
    const event = wasThere ? await staff.get<HouseEvent>(`/v1/events/${PLAYHOUSE_ID}`) : imported;
    if (!event.ok) throw new Error(`the playhouse could not be made: ${event.code}`);
    return new DemoHouse(staff, event.value);
  }

  async reading(): Promise<Reply<HouseReading>> {
    const path = `/v1/events/${this.event.id}`;
    const [event, stats] = await Promise.all([
      this.#staff.get<HouseEvent>(path),
      this.#staff.get<HouseStats>(`${path}/stats`),
    ]);
    if (!event.ok) return event;
    if (!stats.ok) return stats;
    const revenue = stats.value.byCategory.reduce((sum, { amount }) => sum + amount, 0);
    return { ok: true, value: { event: event.value, stats: stats.value, revenue } };
  }
}

function importPath(): string {
  const query = new URLSearchParams({
    id: PLAYHOUSE_ID,
    name: PLAYHOUSE_NAME,
    currency: PLAYHOUSE_CURRENCY,
    holdSeconds: String(PLAYHOUSE_HOLD_SECONDS),
    prices: JSON.stringify(PLAYHOUSE_PRICES),
  });
  return `/v1/events/import?${query}`;
}

/** It is an asset: it lies beside the compiled file. */
async function playhousePlan(): Promise<unknown> {
  return JSON.parse(await readFile(new URL('playhouse-plan.json', import.meta.url), 'utf8'));
}
