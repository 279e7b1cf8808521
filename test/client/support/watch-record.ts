/** What was seen of an event, by whom ever and in whatever way: at one cursor it must be one thing (I8). */
import type { SeatView } from '../../../src/client/watch-options.js';
import type { ServedMap } from './served-event.js';

interface Seen {
  readonly statuses: string;
  readonly sources: Set<'watch' | 'server'>;
}

export class WatchRecord {
  /** Cursors at which two saw different things. */
  readonly faults: string[] = [];
  readonly #seen = new Map<string, Seen>();

  /** Cursors at which the server and a watch were both seen. */
  get matchCount(): number {
    return [...this.#seen.values()].filter(({ sources }) => sources.size === 2).length;
  }

  /** What a watch shows; nothing before its first snapshot. */
  addWatch(view: SeatView & { readonly cursor: string | undefined }): void {
    if (view.cursor !== undefined) {
      this.#add('watch', { cursor: view.cursor, statuses: shownBy(view) });
    }
  }

  addServed(map: ServedMap): void {
    this.#add('server', map);
  }

  #add(source: 'watch' | 'server', { cursor, statuses }: ServedMap): void {
    const seen = this.#seen.get(cursor) ?? { statuses, sources: new Set() };
    this.#seen.set(cursor, seen);
    seen.sources.add(source);
    if (seen.statuses !== statuses) {
      this.faults.push(`${cursor}: ${seen.statuses}, and to a ${source} ${statuses}`);
    }
  }
}

/** A digit a seat, as `ServedMap` has it. */
export function shownBy({ codes }: SeatView): string {
  return codes.subarray(1).join('');
}
