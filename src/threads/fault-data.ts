/** A ServerFault as plain data: an error loses its class on the way between threads. */
import { type FaultCode, ServerFault } from '../lib/server-fault.js';

export interface FaultData {
  readonly message: string;
  readonly code: FaultCode;
  readonly hint: string;
  readonly retryAfterMs: number;
}

export function faultData(fault: ServerFault): FaultData {
  const { message, code, hint, retryAfterMs } = fault;
  return { message, code, hint, retryAfterMs };
}

export function faultFrom({ message, ...details }: FaultData): ServerFault {
  return new ServerFault(message, details);
}
