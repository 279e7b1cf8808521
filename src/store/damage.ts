import { ServerFault } from '../lib/server-fault.js';

/** @param what is damaged, and how: the fault's message */
export function damaged(what: string, cause?: unknown): ServerFault {
  return new ServerFault(what, {
    code: 'storage_corrupt',
    hint: 'Stop the server, see with `holdfast verify` what else is damaged, restore a backup.',
    ...(cause === undefined ? {} : { cause }),
  });
}
