/**
 * A contract's own errors: a table from problem to status and words, and the body that they are said in. Every problem of
 * the gateway is said in it too, so that a client of a contract meets one shape only.
 */
import type { z } from 'zod';
import { type Answer, jsonAnswer } from '../answer.js';
import type { Problem, ProblemCode } from '../problem.js';
import type { OperationResponse } from '../route.js';

/** Where a contract differs from the native API; what is absent is as there. */
export interface Refusal {
  readonly status?: number;
  /** What the contract calls it, where it gives names. */
  readonly name?: string;
  readonly message?: string;
}

export interface ContractErrorsOptions<Body> {
  readonly refusals: Partial<Record<ProblemCode, Refusal>>;
  /** For problems that the table does not name; default: the native code. */
  readonly nameOf?: (code: ProblemCode) => string;
  readonly schema: z.ZodType<Body>;
  readonly body: (name: string, message: string) => Body;
}

export interface ContractErrors {
  /** For `Route.failure`. */
  readonly failure: (problem: Problem) => Answer;
  /** For the documentation of a route. */
  readonly response: (description: string) => OperationResponse;
}

export function contractErrors<Body>(options: ContractErrorsOptions<Body>): ContractErrors {
  const { refusals, nameOf = (code) => code, schema, body } = options;
  return {
    failure: ({ code, status, detail }) => {
      const refusal = refusals[code] ?? {};
      const name = refusal.name ?? nameOf(code);
      return jsonAnswer(refusal.status ?? status, body(name, refusal.message ?? detail));
    },
    response: (description) => ({ description, content: { 'application/json': schema } }),
  };
}
