/**
 * The client for Node and browsers: an event's seats, live.
 *
 * ```ts
 * const seats = watch('default', {
 *   url: location.origin,
 *   onSnapshot: (view) => drawAll(view.codes),
 *   onChange: (changes) => changes.forEach(({ seatNumber, status }) => draw(seatNumber, status)),
 *   onState: (state) => veil(state !== 'live'),
 * });
 * const reply = await seats.reserve({ userId: 'ada', seatIds: ['A1'] }, { idempotencyKey });
 * ```
 *
 * Node 20 has no WebSocket of its own: pass undici's, or that of `ws`, as `webSocket`.
 */
import { SeatWatch } from './seat-watch.js';
import type { WatchOptions } from './watch-options.js';

/**
 * Begins at once, and comes back by itself until it is closed or the event is gone.
 *
 * @throws TypeError where `url` is no HTTP URL, or there is no WebSocket class.
 */
export function watch(eventId: string, options: WatchOptions): SeatWatch {
  return new SeatWatch(eventId, options);
}
