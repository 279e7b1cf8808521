/** The event `default`, of which the contracts without an event's name speak (API §5): rows A, B, … of counted seats. */
import type { Config } from '../config.js';
import type { CreateEvent } from '../desk/requests.js';
import { eventId } from '../domain/ids.js';
import { planFromRequest } from '../domain/plan-request.js';
import { assert } from '../lib/assert.js';

/** As it is made at first start. */
export function defaultEvent(config: Config): CreateEvent {
  const rows = Array.from({ length: config.defaultRows }, (_, index) => ({
    name: String.fromCharCode('A'.charCodeAt(0) + index),
    seats: config.defaultSeatsPerRow,
  }));
  const made = planFromRequest({ sections: [{ name: 'Main', rows }] });
  assert('plan' in made, 'counted rows of letters make a plan');
  return {
    id: eventId('default'),
    name: 'Default event',
    currency: 'EUR',
    holdMs: config.gateway.holdMs,
    maxSeatsPerUser: null,
    preventOrphans: false,
    plan: made.plan,
  };
}
