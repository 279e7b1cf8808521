/**
 * Checks by hand of what is nearly always right. A schema takes microseconds and garbage to say yes to a hot body, a glance
 * a tenth of that.
 *
 * 1. A glance gives what its schema would give, or nothing; where it gives nothing the schema is asked, and says what is
 *    wrong. The schema stays the only statement of what is right: `test/gateway/glance.test.ts` holds each glance to it.
 */
import type { z } from 'zod';
import { textFault } from '../domain/plan-fault.js';

type Glance = (value: unknown) => unknown;

const glances = new WeakMap<z.ZodType, Glance>();

/** The schema itself, known by its glance from now on. */
export function withGlance<Schema extends z.ZodType>(
  schema: Schema,
  glance: (value: unknown) => z.output<Schema> | undefined,
): Schema {
  glances.set(schema, glance);
  return schema;
}

/** undefined: ask the schema. */
export function glanceOf(schema: z.ZodType, value: unknown): unknown {
  return glances.get(schema)?.(value);
}

/** Whether it is a `printableText`. */
export function isPrintable(value: unknown): value is string {
  return typeof value === 'string' && textFault(value) === undefined;
}

/** Whether it is an object with so many keys of its own, `__proto__` among them if it was sent. */
export function hasKeyCount(value: unknown, count: number): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  let left = count;
  for (const _ in value) left -= 1;
  return left === 0;
}
