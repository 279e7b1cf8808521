/** Orders to the disk and the clock of a server under test: see `faults.c`, which is compiled here. */
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Random } from '../../simulation/random.js';
import { temporaryDir } from '../../support/temporary-dir.js';

/** In the order of `struct orders`: 8 bytes each. */
const FIELDS = [
  'clockStepMs',
  'syncDelayMs',
  'syncErrno',
  'roomBytes',
  'writeErrno',
  'keepsUndo',
  'syncs',
  'syncsRefused',
  'writesRefused',
] as const;
type Field = (typeof FIELDS)[number];
const FIELD_BYTES = 8;
const PAGE_BYTES = 4096;
/** What a disk writes whole, or not at all. */
const SECTOR_BYTES = 512;
/** `struct stretch`. */
const STRETCH_BYTES = 32;

interface Stretch {
  readonly at: number;
  readonly bytes: number;
  readonly kept: Buffer;
  readonly fileBytes: number;
}

let library: string | undefined;

/** One server's disk and clock. They are sound until told otherwise. */
export class Faults {
  /** To be given to the server. */
  readonly env: Readonly<Record<string, string>>;
  readonly #path = join(temporaryDir(), 'faults');
  readonly #file: number;

  constructor() {
    writeFileSync(this.#path, Buffer.alloc(PAGE_BYTES));
    this.#file = openSync(this.#path, 'r+');
    this.env = { LD_PRELOAD: compiled(), FAULTS_FILE: this.#path };
  }

  /** Steps the wall clock so far ahead of the test's own; 0: back to it. */
  stepClock(ms: number): void {
    this.#set('clockStepMs', ms);
  }

  slowSyncs(ms: number): void {
    this.#set('syncDelayMs', ms);
  }

  /** As a disk does that has gone. */
  failSyncs(): void {
    this.#set('syncErrno', constants.errno.EIO);
  }

  /** The store's file may not have more bytes from now on: `no space left on device`. */
  fillDisk(roomBytes: number): void {
    this.#set('roomBytes', roomBytes);
    this.#set('writeErrno', constants.errno.ENOSPC);
  }

  /** From now on what is not synced can be lost: see `cutPower`. */
  keepUndo(): void {
    this.#set('keepsUndo', 1);
  }

  get syncs(): number {
    return this.#get('syncs');
  }

  get syncsRefused(): number {
    return this.#get('syncsRefused');
  }

  get writesRefused(): number {
    return this.#get('writesRefused');
  }

  /**
   * After the death of the server: takes from the data file what was written since the last sync; with `luck`, some sectors
   * of it, as a disk does that was busy with them.
   *
   * @returns how many sectors were lost
   */
  cutPower(dataDir: string, luck?: Random): number {
    const file = openSync(join(dataDir, 'data.mdb'), 'r+');
    const spared = new Map<number, boolean>();
    const isSpared = (sector: number): boolean => {
      const known = spared.get(sector) ?? luck?.chance(0.5) ?? false;
      spared.set(sector, known);
      return known;
    };
    const stretches = this.#undo();
    for (const stretch of stretches.reverse()) undo(file, stretch, isSpared);
    const [first] = stretches.slice(-1);
    if (luck === undefined && first !== undefined) ftruncateSync(file, first.fileBytes);
    closeSync(file);
    return [...spared.values()].filter((is) => !is).length;
  }

  /** Oldest first; one that was being put aside at the end was not overwritten yet. */
  #undo(): Stretch[] {
    if (!existsSync(`${this.#path}.undo`)) return [];
    const bytes = readFileSync(`${this.#path}.undo`);
    const stretches: Stretch[] = [];
    for (let from = 0; from + STRETCH_BYTES <= bytes.length; ) {
      const [at, length, keptBytes, fileBytes] = [0, 1, 2, 3].map((index) =>
        Number(bytes.readBigInt64LE(from + FIELD_BYTES * index)),
      ) as [number, number, number, number]; // four of them
      const start = from + STRETCH_BYTES;
      from = start + keptBytes;
      if (from > bytes.length) break;
      stretches.push({ at, bytes: length, kept: bytes.subarray(start, from), fileBytes });
    }
    return stretches;
  }

  #set(field: Field, value: number): void {
    const bytes = Buffer.alloc(FIELD_BYTES);
    bytes.writeBigInt64LE(BigInt(value));
    writeSync(this.#file, bytes, 0, FIELD_BYTES, FIELDS.indexOf(field) * FIELD_BYTES);
  }

  #get(field: Field): number {
    const bytes = Buffer.alloc(FIELD_BYTES);
    readSync(this.#file, bytes, 0, FIELD_BYTES, FIELDS.indexOf(field) * FIELD_BYTES);
    return Number(bytes.readBigInt64LE());
  }
}

/** Writes back what was overwritten, sector by sector; beyond what was there it leaves zeroes. */
function undo(file: number, { at, bytes, kept }: Stretch, isSpared: (s: number) => boolean): void {
  const before = Buffer.alloc(bytes);
  kept.copy(before);
  let done = 0;
  while (done < bytes) {
    const sector = Math.floor((at + done) / SECTOR_BYTES);
    const count = Math.min(bytes - done, (sector + 1) * SECTOR_BYTES - (at + done));
    if (!isSpared(sector)) writeSync(file, before, done, count, at + done);
    done += count;
  }
}

/** The library, compiled once a process. */
function compiled(): string {
  if (library !== undefined) return library;
  const path = join(temporaryDir(), 'faults.so');
  const source = fileURLToPath(new URL('faults.c', import.meta.url));
  execFileSync('gcc', ['-shared', '-fPIC', '-O2', '-Wall', '-o', path, source, '-ldl']);
  library = path;
  return path;
}
