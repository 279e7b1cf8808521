/** The answer to a request or a command: a success with its body, or a problem. A refusal is a value, never thrown. */
import type { SeatStatus } from '../domain/seat-status.js';

/** @template Body what the API promises for a success; it is believed. */
export type Reply<Body> =
  | { readonly ok: true; readonly status: number; readonly body: Body }
  | { readonly ok: false; readonly status: number; readonly body: ProblemBody };

/** RFC 9457, with what Holdfast adds (API §2). */
export interface ProblemBody {
  /** Permanent, `snake_case`; `not_a_problem` where something other than Holdfast answered. */
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly requestId?: string;
  /** Every bad field. */
  readonly issues?: readonly { readonly path: string; readonly message: string }[];
  /** Every seat that stood in the way; `expiresAt` where the obstacle is a hold. */
  readonly conflicts?: readonly {
    readonly seatId: string;
    readonly status: SeatStatus;
    readonly expiresAt?: string;
  }[];
  /** Milliseconds until asking again is worth while. */
  readonly retryAfterMs?: number;
}

/** The reply that status and body make; a success without a body of JSON is none of Holdfast's. */
export function replyOf<Body>(status: number, body: unknown): Reply<Body> {
  const isSuccess = status >= 200 && status < 300 && typeof body === 'object';
  // `as`: the server's promise, at the boundary; what it promises is in its OpenAPI document.
  if (isSuccess) return { ok: true, status, body: body as Body };
  return { ok: false, status, body: isProblem(body) ? body : notAProblem(status) };
}

function isProblem(body: unknown): body is ProblemBody {
  if (typeof body !== 'object' || body === null || !('code' in body)) return false;
  return typeof body.code === 'string';
}

/** Of a proxy in between, or of another server altogether. */
function notAProblem(status: number): ProblemBody {
  const detail = `The answer ${status} did not come from Holdfast.`;
  return { code: 'not_a_problem', title: 'Not an answer of Holdfast', detail };
}
