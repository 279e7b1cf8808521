/** Somebody who believes nothing but what a watch tells of, change by change, and keeps a map of his own by it. */
import type { SeatWatch } from '../../../src/client/seat-watch.js';
import type { WatchHandlers } from '../../../src/client/watch-options.js';
import { SEAT_STATUSES } from '../../../src/domain/seat-status.js';
import { shownBy, type WatchRecord } from './watch-record.js';

export class Follower {
  readonly seats: SeatWatch;
  /** How often the connection was lost, and snapshots and changes came. */
  readonly seen = { losses: 0, snapshots: 0, changes: 0 };
  readonly #codes: string[] = [];

  /** @param record hears what the watch shows at each of its cursors. */
  constructor(open: (handlers: WatchHandlers) => SeatWatch, record?: WatchRecord) {
    this.seats = open({
      onSnapshot: (view) => {
        record?.addWatch(this.seats);
        this.seen.snapshots += 1;
        if (this.#codes.length === 0) this.#codes.push(...shownBy(view));
      },
      onChange: (changes) => {
        record?.addWatch(this.seats);
        this.seen.changes += 1;
        for (const { seatNumber, status } of changes) {
          this.#codes[seatNumber - 1] = String(SEAT_STATUSES.indexOf(status));
        }
      },
      onState: (state) => {
        if (state === 'stale') this.seen.losses += 1;
      },
    });
  }

  /** His own map is the watch's. */
  isSame(): boolean {
    return this.#codes.join('') === shownBy(this.seats);
  }
}
