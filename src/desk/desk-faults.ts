/** Faults that more than one part of the desk has to tell of: nothing has happened, and nobody asked for too little. */
import { ServerFault } from '../lib/server-fault.js';

/** The seats were changing under the request, or a shard had to look again: the same request may well succeed. */
export function undecided(what: string): ServerFault {
  return new ServerFault(what, {
    code: 'overloaded',
    hint: 'send the same request again in a moment',
  });
}

/** Commands wait for a shard up to the bound (I9). @param shard which one, where it is known. */
export function overloaded(shard?: number): ServerFault {
  const who = shard === undefined ? 'a shard' : `shard ${shard}`;
  return new ServerFault(`${who} has more commands than it can take`, {
    code: 'overloaded',
    hint: 'send less at once, or start the server with more shards on more cores',
  });
}
