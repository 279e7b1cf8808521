/** A bug was found: the program's own promise is broken. Never caught in order to carry on. */
export class AssertionFailure extends Error {
  override readonly name = 'AssertionFailure';
}

/**
 * Stays on in production: a thread that trips it dies, is started again and recovers from the store.
 *
 * @param message what was promised, with the invariant it belongs to where there is one (`I2: …`).
 * @throws AssertionFailure when `condition` is false.
 */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionFailure(message);
}

/** Marks a branch that the types say cannot be reached; trips when a message from outside the types gets there. */
export function unreachable(value: never): never {
  throw new AssertionFailure(`unreachable: ${JSON.stringify(value)}`);
}

/** `value`, where the caller knows that it is there. Trips, naming `what`, when it is not. */
export function present<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new AssertionFailure(`absent: ${what}`);
  return value;
}
