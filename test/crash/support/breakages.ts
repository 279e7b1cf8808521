/** Known faults that the crash tests must catch. Each is planted where the code seldom changes. */
import type { Breakage } from '../../support/broken-build.js';

/** Answers leave before what they say is on its way to the disk. */
export const ANSWERS_TOO_EARLY: Breakage = {
  file: 'store/store.js',
  code: `this.#transact(() => {
            for (const entry of entries)`,
  broken: `((change) => setTimeout(() => this.#transact(change), 20))(() => {
            for (const entry of entries)`,
};

/** A hold is over when its timer says so, not when its deadline does. */
export const DEADLINES_NOT_READ: Breakage = {
  file: 'domain/reservation.js',
  code: "return record.status === 'reserved' && now >= record.expiresAt;",
  broken: 'return false;',
};

/** A hold ends a quarter of a second before its deadline. */
export const ENDS_EARLY: readonly Breakage[] = [
  {
    file: 'domain/reservation.js',
    code: "return record.status === 'reserved' && now >= record.expiresAt;",
    broken: "return record.status === 'reserved' && now >= record.expiresAt - 250;",
  },
  {
    file: 'shard/hold-clock.js',
    code: 'this.#wheel.schedule(deadline)',
    broken: 'this.#wheel.schedule(deadline - 250)',
  },
];

/** A shard that is started again does not know who has which seat. */
export const HOLDS_FORGOTTEN: Breakage = {
  file: 'store/event-snapshot.js',
  code: "of seats.inState(eventId, 'reserved')",
  broken: 'of []',
};

/** Time that does not follow the machine's clock. */
export const CLOCK_OF_ITS_OWN: Breakage = {
  file: 'lib/system-clock.js',
  code: 'now: () => Date.now()',
  broken: 'now: () => Math.floor(performance.timeOrigin + performance.now())',
};

/** What a row says is believed. */
export const CHECKSUMS_NOT_READ: Breakage = {
  file: 'store/record-codec.js',
  code: 'if (sum !== value.readUInt32BE(1))',
  broken: 'if (sum === undefined)',
};
