/**
 * Seats in PostgreSQL: a row each, made beforehand. Two forms of taking them: a transaction that locks the rows, looks and then writes
 * (SELECT … FOR UPDATE), and one conditional UPDATE. Every statement is prepared once a connection; connections are pooled, pipelined
 * and on a Unix socket. Rows have room for their next version, and no index covers what changes, so that updates stay in their page.
 */
import postgres from 'postgres';
import { POSTGRES_USER } from '../processes/postgres.mjs';

/** Enough for commits to be grouped; 16, 32 and 64 were within the noise of each other. */
const CONNECTIONS = 32;
const SWEEP_MS = 1_000;

/** @param {import('./seat-store.mjs').PeerOptions} options @returns {Promise<import('./seat-store.mjs').SeatStore>} */
export async function openPostgresStore(options) {
  const { socket, holdSeconds, picksBest } = options;
  const sql = postgres({
    path: `${socket}/.s.PGSQL.5432`,
    user: POSTGRES_USER,
    database: 'postgres',
    max: CONNECTIONS,
    prepare: true,
    onnotice: () => undefined,
  });
  await furnish(sql, options);
  const sweep = picksBest ? setInterval(() => freeOverdue(sql).catch(crash), SWEEP_MS) : undefined;
  return {
    reserve:
      options.store === 'postgres-lock'
        ? (event, seats, user, token) =>
            reserveLocked(sql, { event, seats, user, token, holdSeconds })
        : (event, seats, user, token) =>
            reserveAtOnce(sql, { event, seats, user, token, holdSeconds }),
    async reserveBest(event, user, token) {
      const [row] = await sql`
        UPDATE seats SET status = 1, user_id = ${user}, token = ${token},
          expires_at = now() + make_interval(secs => ${holdSeconds})
        WHERE event_id = ${event} AND seat_number = (
          SELECT seat_number FROM seats WHERE event_id = ${event} AND status = 0
          ORDER BY seat_number LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING seat_number`;
      return row?.seat_number;
    },
    async confirm(event, seats, user, token) {
      const { count } = await sql`
        UPDATE seats SET status = 2, expires_at = NULL
        WHERE event_id = ${event} AND seat_number = ANY(${[...seats]}::int[]) AND status = 1
          AND token = ${token} AND user_id = ${user} AND expires_at > now()`;
      return count === seats.length;
    },
    async cancel(event, seats, user, token) {
      const { count } = await sql`
        UPDATE seats SET status = 0, expires_at = NULL
        WHERE event_id = ${event} AND seat_number = ANY(${[...seats]}::int[]) AND status = 1
          AND token = ${token} AND user_id = ${user}`;
      return count === seats.length;
    },
    async taken() {
      const [row] = await sql`
        SELECT count(*)::int AS taken FROM seats WHERE status = 2 OR (status = 1 AND expires_at > now())`;
      return row?.taken ?? Number.NaN;
    },
    async close() {
      clearInterval(sweep);
      await sql.end();
    },
  };
}

/** @typedef {{event: number, seats: readonly number[], user: string, token: string, holdSeconds: number}} Wish */

/** Thrown out of a transaction to roll it back: having locked a row, a COMMIT would have to be flushed. */
const TAKEN = Symbol('taken');

/**
 * Rows are locked in the order of their numbers, so that no two groups wait for each other.
 *
 * @param {postgres.Sql} sql
 * @param {Wish} wish
 */
async function reserveLocked(sql, { event, seats, user, token, holdSeconds }) {
  const numbers = [...seats];
  try {
    await sql.begin(async (tx) => {
      const rows = await tx`
        SELECT status, expires_at <= now() AS is_over FROM seats
        WHERE event_id = ${event} AND seat_number = ANY(${numbers}::int[])
        ORDER BY seat_number FOR UPDATE`;
      const isFree = rows.every(({ status, is_over }) => status === 0 || (status === 1 && is_over));
      if (!isFree || rows.length < seats.length) throw TAKEN;
      await tx`
        UPDATE seats SET status = 1, user_id = ${user}, token = ${token},
          expires_at = now() + make_interval(secs => ${holdSeconds})
        WHERE event_id = ${event} AND seat_number = ANY(${numbers}::int[])`;
    });
    return true;
  } catch (cause) {
    if (cause === TAKEN) return false;
    throw cause;
  }
}

/**
 * @param {postgres.Sql} sql
 * @param {Wish} wish
 */
async function reserveAtOnce(sql, { event, seats, user, token, holdSeconds }) {
  if (seats.length === 1) {
    const { count } = await sql`
      UPDATE seats SET status = 1, user_id = ${user}, token = ${token},
        expires_at = now() + make_interval(secs => ${holdSeconds})
      WHERE event_id = ${event} AND seat_number = ${seats[0] ?? 0}
        AND (status = 0 OR (status = 1 AND expires_at <= now()))`;
    return count === 1;
  }
  const numbers = [...seats];
  const { count } = await sql`
    WITH free AS (
      SELECT seat_number FROM seats
      WHERE event_id = ${event} AND seat_number = ANY(${numbers}::int[])
        AND (status = 0 OR (status = 1 AND expires_at <= now()))
      ORDER BY seat_number FOR UPDATE)
    UPDATE seats SET status = 1, user_id = ${user}, token = ${token},
      expires_at = now() + make_interval(secs => ${holdSeconds})
    WHERE event_id = ${event} AND seat_number = ANY(${numbers}::int[])
      AND (SELECT count(*) FROM free) = ${numbers.length}::int`;
  return count === seats.length;
}

/**
 * The index over free seats is made only where the best one is asked for: elsewhere it would make every update dearer.
 *
 * @param {postgres.Sql} sql
 * @param {import('./seat-store.mjs').PeerOptions} options
 */
async function furnish(sql, { eventCount, seatsPerEvent, picksBest }) {
  await sql`
    CREATE TABLE seats (
      event_id int NOT NULL,
      seat_number int NOT NULL,
      status smallint NOT NULL,
      expires_at timestamptz,
      user_id text,
      token text,
      PRIMARY KEY (event_id, seat_number)
    ) WITH (fillfactor = 50)`;
  await sql`
    INSERT INTO seats (event_id, seat_number, status)
    SELECT event, seat, 0 FROM generate_series(0, ${eventCount - 1}::int) AS event,
      generate_series(1, ${seatsPerEvent}::int) AS seat`;
  if (picksBest) {
    await sql`CREATE INDEX free_seats ON seats (event_id, seat_number) WHERE status = 0`;
  }
  await sql`VACUUM ANALYZE seats`;
  await sql`CHECKPOINT`;
}

/** @param {postgres.Sql} sql */
async function freeOverdue(sql) {
  await sql`UPDATE seats SET status = 0, expires_at = NULL WHERE status = 1 AND expires_at <= now()`;
}

/** @param {unknown} cause */
function crash(cause) {
  throw cause;
}
