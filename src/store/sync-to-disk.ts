import { closeSync, fsyncSync, openSync } from 'node:fs';

/** @param path of a file or a directory: of that, which names are in it. */
export function syncToDisk(path: string): void {
  const file = openSync(path, 'r');
  fsyncSync(file);
  closeSync(file);
}
