import { expect, test } from 'vitest';
import { ByteBoundedCache } from '../../src/gateway/byte-bounded-cache.js';

test('what was used longest ago goes first', () => {
  const cache = new ByteBoundedCache<string>(10);
  cache.set('a', 'A', 4);
  cache.set('b', 'B', 4);
  expect(cache.get('a')).toBe('A');
  cache.set('c', 'C', 4);
  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual(['A', undefined, 'C']);
  expect(cache.byteCount).toBe(8);
});

test('the newest stays, however large, and alone', () => {
  const cache = new ByteBoundedCache<string>(10);
  cache.set('a', 'A', 4);
  cache.set('big', 'B', 100);
  expect([cache.get('a'), cache.get('big'), cache.byteCount]).toEqual([undefined, 'B', 100]);
  cache.set('c', 'C', 1);
  expect([cache.get('big'), cache.get('c'), cache.byteCount]).toEqual([undefined, 'C', 1]);
});

test('a key that is set again takes its own place', () => {
  const cache = new ByteBoundedCache<string>(10);
  cache.set('a', 'A', 8);
  cache.set('a', 'AA', 9);
  expect([cache.get('a'), cache.byteCount]).toEqual(['AA', 9]);
});
