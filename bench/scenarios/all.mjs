/** Every scenario there is, in the order in which they run. */
import { bestAvailable } from './best-available.mjs';
import { confirm } from './confirm.mjs';
import { conflict } from './conflict.mjs';
import { expiryStorm } from './expiry-storm.mjs';
import { feed } from './feed.mjs';
import { feedReconnect } from './feed-reconnect.mjs';
import { feedStalled } from './feed-stalled.mjs';
import { growth } from './growth.mjs';
import { herd } from './herd.mjs';
import { latency } from './latency.mjs';
import { memory } from './memory.mjs';
import { onSale } from './on-sale.mjs';
import { profile } from './profile.mjs';
import { groups, reserve } from './reserve.mjs';
import { seatLists } from './seat-lists.mjs';
import { startUp } from './start-up.mjs';
import { transitions } from './transitions.mjs';

/** @type {readonly import('./scenario.mjs').Scenario[]} */
export const SCENARIOS = [
  reserve,
  conflict,
  confirm,
  groups,
  bestAvailable,
  latency,
  herd,
  onSale,
  expiryStorm,
  transitions,
  seatLists,
  growth,
  memory,
  startUp,
  feed,
  feedStalled,
  feedReconnect,
  profile,
];
