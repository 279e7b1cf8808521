/** Known already, or to be waited for: a promise is made only where there is something to wait for. */
export type Soon<T> = T | Promise<T>;

/** `next` of the value, at once where it is known already. What `next` throws then, it throws here. */
export function whenKnown<T, U>(value: Soon<T>, next: (value: T) => Soon<U>): Soon<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}
