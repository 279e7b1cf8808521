/** What the peers' web servers ask of their databases, and what they are started with. */

/**
 * @typedef {object} PeerOptions one argument of the process, as JSON
 * @property {'postgres-lock' | 'postgres-update' | 'redis'} store
 * @property {string} socket of the database: PostgreSQL's directory, or Redis's file
 * @property {number} eventCount events are numbered 0, 1, 2…
 * @property {string} eventPrefix
 * @property {number} seatsPerEvent
 * @property {number} holdSeconds
 * @property {boolean} picksBest whether it must find the best available seat
 */

/**
 * @typedef {object} SeatStore
 * @property {(event: number, seats: readonly number[], user: string, token: string) => Promise<boolean>} reserve all of the seats or
 *   none; false: one of them is taken
 * @property {(event: number, user: string, token: string) => Promise<number | undefined>} reserveBest the first free seat, if any
 * @property {(event: number, seats: readonly number[], user: string, token: string) => Promise<boolean>} confirm false: it is not
 *   this user's hold, or no longer
 * @property {(event: number, seats: readonly number[], user: string, token: string) => Promise<boolean>} cancel
 * @property {() => Promise<number>} taken how many seats are held or booked, of all events
 * @property {() => Promise<void>} close
 */

/** @param {PeerOptions} options @returns {Promise<SeatStore>} */
export async function openSeatStore(options) {
  if (options.store === 'redis') {
    const { openRedisStore } = await import('./redis-store.mjs');
    return openRedisStore(options);
  }
  const { openPostgresStore } = await import('./postgres-store.mjs');
  return openPostgresStore(options);
}
