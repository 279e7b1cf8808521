/** Counts what a store holds while its snapshot goes by. */
import type { SnapshotPart } from '../shard/ports.js';
import type { StoreOpened } from './thread-messages.js';

export class StoreCensus {
  #events = 0;
  #seats = 0;
  #recovered = 0;
  #empty = true;

  get found(): StoreOpened {
    return {
      events: this.#events,
      seats: this.#seats,
      recovered: this.#recovered,
      empty: this.#empty,
    };
  }

  count(part: SnapshotPart): void {
    this.#empty = false;
    if (part.type === 'holds') {
      this.#recovered += part.holds.length;
    } else if (part.event.status !== 'deleted') {
      this.#events += 1;
      this.#seats += part.event.plan.totalSeats;
    }
  }
}
