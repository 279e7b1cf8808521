/** Which of those that Holdfast is compared with can run here, and in words those that cannot: nobody is left out silently. */
import { spawnSync } from 'node:child_process';
import { hasPostgres, POSTGRES_PACKAGE } from '../processes/postgres.mjs';
import { hasRedis, REDIS_PACKAGE } from '../processes/redis.mjs';
import { PEERS } from './peer.mjs';

const ERLANG_PACKAGE = 'erlang-base';

/** @typedef {{peers: readonly import('./peer.mjs').Peer[], hasErlang: boolean, leftOut: readonly string[]}} Available */

/**
 * @param {'auto' | 'all' | 'none'} wanted
 * @returns {Available}
 * @throws where all are wanted and a Debian package is not installed
 */
export function availablePeers(wanted) {
  if (wanted === 'none') {
    return { peers: [], hasErlang: false, leftOut: ['Peers: left out by --peers none.'] };
  }
  const needs = [
    { package: POSTGRES_PACKAGE, isThere: hasPostgres() },
    { package: REDIS_PACKAGE, isThere: hasRedis() },
    { package: ERLANG_PACKAGE, isThere: spawnSync('escript', []).error === undefined },
  ];
  const missing = needs.filter(({ isThere }) => !isThere).map((need) => need.package);
  const has = (/** @type {string} */ name) => !missing.includes(name);
  const peers = PEERS.filter(({ store }) =>
    has(store === 'redis' ? REDIS_PACKAGE : POSTGRES_PACKAGE),
  );
  const hasErlang = has(ERLANG_PACKAGE);
  if (missing.length === 0) return { peers, hasErlang, leftOut: [] };
  const absent = PEERS.filter((peer) => !peers.includes(peer)).map(({ name }) => name);
  const names = [...absent, ...(hasErlang ? [] : ['Erlang'])].join('; ');
  const said = `${names}: not installed (apt-get install ${missing.join(' ')})`;
  if (wanted === 'all') throw new Error(said);
  process.stderr.write(`left out: ${said}\n`);
  return { peers, hasErlang, leftOut: [`Peers left out: ${said}.`] };
}
