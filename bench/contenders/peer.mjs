/**
 * What Holdfast is compared with: reservation servers that are built on a database (../peers), each a web server in one Node process and its
 * database, both started anew for every heat. The CPU they take is that of both.
 */
import { fileURLToPath } from 'node:url';
import { ChildServer } from '../processes/child-server.mjs';
import { HOLD_SECONDS } from '../processes/holdfast-server.mjs';
import { startPostgres } from '../processes/postgres.mjs';
import { startRedis } from '../processes/redis.mjs';

/** @typedef {import('./contender.mjs').Contender} Contender */
/** @typedef {import('./contender.mjs').Standing} Standing */
/** @typedef {import('./contender.mjs').Workload} Workload */
/** @typedef {import('../peers/seat-store.mjs').PeerOptions} PeerOptions */
/** @typedef {{server: ChildServer, database: import('../processes/database-process.mjs').DatabaseProcess}} Pair */

/**
 * @typedef {object} Peer
 * @property {string} name
 * @property {'fastify' | 'uws'} web
 * @property {PeerOptions['store']} store
 */

/** @type {readonly Peer[]} */
export const PEERS = [
  { name: 'Fastify + PostgreSQL, FOR UPDATE', web: 'fastify', store: 'postgres-lock' },
  { name: 'Fastify + PostgreSQL, one UPDATE', web: 'fastify', store: 'postgres-update' },
  { name: 'Fastify + Redis', web: 'fastify', store: 'redis' },
  { name: 'uWS + Redis', web: 'uws', store: 'redis' },
];

/** @param {Peer} peer @param {string} dataRoot @returns {Contender} */
export function peerContender({ name, web, store }, dataRoot) {
  return {
    name,
    async start(workload) {
      const { database, socket } = await startDatabase(store, dataRoot);
      try {
        const { eventPrefix, seatsPerEvent } = workload.requests;
        /** @type {PeerOptions} */
        const options = {
          store,
          socket,
          eventCount: eventCountOf(workload, store),
          eventPrefix,
          seatsPerEvent,
          holdSeconds: workload.holdSeconds ?? HOLD_SECONDS,
          picksBest: workload.picksBest ?? false,
        };
        const script = fileURLToPath(new URL(`../peers/${web}-server.mjs`, import.meta.url));
        const server = await ChildServer.start({ args: [script, JSON.stringify(options)] });
        try {
          if (workload.isTaken) await takeFirstSeat(server, workload);
        } catch (cause) {
          server.kill();
          throw cause;
        }
        return standing({ server, database }, workload);
      } catch (cause) {
        database.abandon();
        throw cause;
      }
    },
  };
}

/**
 * Rows take long to make, and PostgreSQL answers far less than a quarter of what the events are counted for. If ever it should not, it answers 404,
 * which fails the bench.
 *
 * @param {Workload} workload
 * @param {PeerOptions['store']} store
 */
function eventCountOf({ requests: { eventCount } }, store) {
  return store === 'redis' ? eventCount : Math.ceil(eventCount / 4);
}

/** @param {PeerOptions['store']} store @param {string} dataRoot */
async function startDatabase(store, dataRoot) {
  if (store === 'redis') return startRedis(dataRoot);
  const { database, socketDir } = await startPostgres(dataRoot);
  return { database, socket: socketDir };
}

/** @param {Pair} pair @param {Workload} workload @returns {Standing} */
function standing({ server, database }, { requests, statuses }) {
  const ask = async (/** @type {string} */ path) => (await fetch(`${server.url}${path}`)).json();
  return {
    url: server.url,
    cpuMs: () => server.cpuMs() + database.cpuMs(),
    requests,
    statuses,
    answered: () => ask('/bench/answered'),
    async taken() {
      const { taken } = await ask('/bench/taken');
      return taken;
    },
    async stop() {
      await server.stop();
      await database.stop();
    },
    abandon() {
      server.kill();
      database.abandon();
    },
  };
}

/** @param {ChildServer} server @param {Workload} workload */
async function takeFirstSeat(server, { requests: { eventPrefix } }) {
  const response = await fetch(`${server.url}/v1/events/${eventPrefix}0/reservations`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ userId: 'holder', seatIds: ['1'] }),
  });
  if (response.status !== 201) throw new Error(`seat 1 could not be taken: ${response.status}`);
}
