import type { EpochMs } from '../lib/clock.js';
import type { EventId } from './ids.js';
import type { PlanSpec } from './plan-spec.js';

/** `deleted` events are kept for the history that names them, and answer 404. */
export type EventStatus = 'on_sale' | 'closed' | 'deleted';

/** One performance with a fixed list of seats. The plan never changes; the rest may (`version` counts the changes). */
export interface EventRecord {
  readonly id: EventId;
  readonly name: string;
  readonly status: EventStatus;
  /** ISO 4217, upper case. */
  readonly currency: string;
  /** From reserve to expiry, 1..7,200,000 ms. */
  readonly holdMs: number;
  /** Held and booked seats that one user may have here at once; null: no limit. */
  readonly maxSeatsPerUser: number | null;
  /** Refuse selections that leave a single free seat between taken ones. */
  readonly preventOrphans: boolean;
  readonly plan: PlanSpec;
  readonly createdAt: EpochMs;
  readonly updatedAt: EpochMs;
  /** 1 at creation, one more at every change. */
  readonly version: number;
}

/** What `PATCH /v1/events/:id` may change. */
export interface EventPatch {
  readonly name?: string;
  readonly holdMs?: number;
  readonly maxSeatsPerUser?: number | null;
  readonly preventOrphans?: boolean;
  readonly status?: 'on_sale' | 'closed';
}
