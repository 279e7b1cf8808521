import { closeSync, openSync, writeFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { readThrough } from '../../src/store/read-through.js';
import { temporaryDir } from '../support/temporary-dir.js';

/** A file of so many bytes, opened. */
function fileOf(bytes: number): number {
  const path = `${temporaryDir()}/file`;
  writeFileSync(path, Buffer.alloc(bytes));
  const handle = openSync(path, 'r');
  onTestFinished(() => closeSync(handle));
  return handle;
}

test.each([0, 1, 4096, 1 << 20, (1 << 20) + 1, 3_000_000])(
  'a file of %i bytes is read to its end',
  (bytes) => {
    expect(readThrough(fileOf(bytes), bytes)).toBe(bytes);
  },
);

test('a file that is shorter than it was is read to its end', () => {
  expect(readThrough(fileOf(5_000), 9_000)).toBe(5_000);
});

test('a file that has no room in memory is left alone', () => {
  expect(readThrough(fileOf(5_000), 5_000, 4_999)).toBe(0);
});
