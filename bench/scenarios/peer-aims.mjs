/** What Holdfast's throughput of durable reservations is to be of the peers', at least. */

/** @type {Readonly<Record<string, number>>} by the peers' names */
export const PEER_AIMS = {
  'Fastify + Redis': 1.5,
  'Fastify + PostgreSQL, FOR UPDATE': 12,
  'Fastify + PostgreSQL, one UPDATE': 12,
};
