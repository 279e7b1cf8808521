import { readFileSync } from 'node:fs';

/**
 * How many files and sockets this process may have open: its soft limit, which Node has raised to the hard one.
 * Infinity: there is no limit, or the system does not say (it is Linux that says it in `/proc`).
 */
export function openFilesMax(): number {
  try {
    return openFilesIn(readFileSync('/proc/self/limits', 'utf8'));
  } catch {
    return Infinity;
  }
}

/** Out of the text of proc(5), `/proc/[pid]/limits`. */
export function openFilesIn(limits: string): number {
  const [, soft] = /^Max open files\s+(\d+)\s/m.exec(limits) ?? [];
  return soft === undefined ? Infinity : Number(soft);
}
