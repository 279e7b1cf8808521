/** What can break below the booking rules. `shard_restarting` and `overloaded` pass; the others end the process. */
export type FaultCode =
  | 'overloaded'
  | 'shard_restarting'
  | 'shutting_down'
  | 'storage_failed'
  | 'storage_corrupt'
  | 'config_invalid'
  | 'data_dir_locked'
  | 'port_in_use';

export interface FaultDetails {
  readonly code: FaultCode;
  /** One sentence for the person who runs the server: what to do about it. */
  readonly hint: string;
  readonly cause?: unknown;
  /** How long a client should wait before it asks again, milliseconds. */
  readonly retryAfterMs?: number;
  /** What was asked was not undone, only waited for no longer. */
  readonly mayHappenYet?: boolean;
}

/** A fault (disk, thread, overload), as against a rejection (the customer was late) and a bug (an assert). */
export class ServerFault extends Error {
  override readonly name = 'ServerFault';
  readonly code: FaultCode;
  readonly hint: string;
  readonly retryAfterMs: number;
  readonly mayHappenYet: boolean;

  constructor(message: string, details: FaultDetails) {
    super(message, { cause: details.cause });
    this.code = details.code;
    this.hint = details.hint;
    this.retryAfterMs = details.retryAfterMs ?? 1000;
    this.mayHappenYet = details.mayHappenYet ?? false;
  }
}
