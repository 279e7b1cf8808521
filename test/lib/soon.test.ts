import { describe, expect, it } from 'vitest';
import { whenKnown } from '../../src/lib/soon.js';

describe('what follows from a value', () => {
  it('is known at once where the value is', () => {
    expect(whenKnown(1, (one) => one + 1)).toBe(2);
  });

  it('is waited for where the value is', async () => {
    const next = whenKnown(Promise.resolve(1), (one) => one + 1);
    expect(next).toBeInstanceOf(Promise);
    expect(await next).toBe(2);
  });

  it('may have to be waited for itself', async () => {
    expect(await whenKnown(1, async (one) => one + 1)).toBe(2);
    expect(await whenKnown(Promise.resolve(1), async (one) => one + 1)).toBe(2);
  });

  it('fails as the value does', async () => {
    const failed = Promise.reject(new Error('no'));
    await expect(whenKnown(failed, () => 'next')).rejects.toThrow('no');
  });
});
