/**
 * Follows LMDB's pages from the roots of a data file, without LMDB: of a page that is missing or is
 * not what its parent takes it for, LMDB makes a dead process, or rows that nobody finds, not an
 * error. It reads all of the file.
 *
 * The layout is that of `lmdb-file.ts`: trees of branch and leaf pages; a leaf's node may hold the
 * description of another tree (a named table), or the place of a run of overflow pages. A value of
 * the first tree lists free pages: its length, then page numbers, 0 for nothing, or less than 0 for
 * so many pages from the number that follows (`mdb.c`: `mdb_env_cwalk`, `mdb_freelist_save`).
 *
 * 1. Every page is in the file, is what its parent takes it for, and has one parent.
 * 2. Every node is within its page, and every value on as many pages as it needs.
 * 3. A tree has as many rows and pages as its description says; its keys ascend, and are where its
 *    branches say.
 * 4. No page that is listed as free is in use.
 *
 * What rows say is not looked at: they have checksums.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { KeyOrder } from './key-order.js';
import { type DataFile, PAGE_BYTES } from './lmdb-file.js';
import { readThrough } from './read-through.js';
import { describedTree, NO_ROOT, TREE_BYTES, type TreeDescription } from './tree-description.js';

const BRANCH = 0x01;
const LEAF = 0x02;
const OVERFLOW = 0x04;
const KINDS = BRANCH | LEAF | OVERFLOW;

const HEADER_BYTES = 24;
const NODE_HEADER_BYTES = 8;
/** Offsets within a page; an overflow run has its length where others have `lower`. */
const AT = { number: 0, flags: 18, lower: 20 } as const;
/** Offsets within a node. */
const NODE = { low: 0, high: 2, flags: 4, keyBytes: 6 } as const;
const NODE_IS_BIG = 0x01;
const NODE_IS_TREE = 0x02;
/** Of an overflow run: its first page, a transaction, its length in pages. */
const RUN = { first: 0, count: 16, bytes: 24 } as const;
/** Pages 0 and 1 describe the others. */
const FIRST_PAGE = 2;
const NUMBER_BYTES = 8;

/**
 * What is wrong with the first page that is not as it must be, in words; undefined: every page is
 * there.
 */
export function findBrokenPage(file: DataFile): string | undefined {
  const handle = openSync(file.path, 'r');
  try {
    readThrough(handle, file.bytes);
    new PageWalk(handle, file).run();
    return undefined;
  } catch (error) {
    if (error instanceof BrokenPage) return error.message;
    throw error;
  } finally {
    closeSync(handle);
  }
}

/** Ends the walk. */
class BrokenPage extends Error {}

/** One tree on the way: what was counted of it, and how its keys go. */
interface Course {
  readonly isFreeList: boolean;
  readonly isTables: boolean;
  readonly counted: { branches: number; leaves: number; overflows: number; rows: number };
  readonly keys: KeyOrder;
}

/** A page to be visited, and the least key that it may have; undefined: any. */
interface Pending {
  readonly page: number;
  readonly least: Buffer | undefined;
}

class PageWalk {
  readonly #handle: number;
  readonly #file: DataFile;
  readonly #pageCount: number;
  readonly #page = Buffer.alloc(PAGE_BYTES);
  /** A bit a page: each has one parent. */
  readonly #seen: Uint8Array;
  readonly #tables: TreeDescription[] = [];
  readonly #free: number[] = [];

  constructor(handle: number, file: DataFile) {
    this.#handle = handle;
    this.#file = file;
    this.#pageCount = Math.floor(file.bytes / PAGE_BYTES);
    this.#seen = new Uint8Array(Math.floor(file.bytesPromised / PAGE_BYTES / 8) + 1);
  }

  run(): void {
    this.#walk(this.#file.freeTree, { isFreeList: true, isTables: false });
    this.#walk(this.#file.mainTree, { isFreeList: false, isTables: true });
    for (const table of this.#tables) this.#walk(table, { isFreeList: false, isTables: false });
    const promised = this.#file.bytesPromised / PAGE_BYTES;
    for (const page of this.#free) {
      if (page < FIRST_PAGE || page >= promised) throw new BrokenPage(`page ${page} is not free`);
      this.#mark(page, 'is free and in use');
    }
  }

  #walk(tree: TreeDescription, kind: Pick<Course, 'isFreeList' | 'isTables'>): void {
    const counted = { branches: 0, leaves: 0, overflows: 0, rows: 0 };
    const course: Course = { ...kind, counted, keys: new KeyOrder() };
    const pending: Pending[] = [];
    if (tree.root !== NO_ROOT) pending.push({ page: this.#claimed(tree.root), least: undefined });
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (next.least !== undefined) this.#pass(course, next.page, next.least, 0, next.least.length);
      pending.push(...this.#visit(next.page, course).reverse());
    }
    for (const what of ['branches', 'leaves', 'overflows', 'rows'] as const) {
      if (counted[what] === tree[what]) continue;
      throw new BrokenPage(
        `a tree has ${counted[what]} ${what}, and is described with ${tree[what]}`,
      );
    }
  }

  /** @returns the children of a branch, in order */
  #visit(number: number, course: Course): Pending[] {
    const kind = this.#read(number);
    if (kind !== BRANCH && kind !== LEAF)
      throw new BrokenPage(`page ${number} is not what its parent takes it for`);
    course.counted[kind === BRANCH ? 'branches' : 'leaves'] += 1;
    const nodeCount = this.#wordAt(AT.lower) / 2;
    const children: Pending[] = [];
    for (let index = 0; index < nodeCount; index += 1) {
      const at = this.#nodeAt(number, index);
      if (kind === LEAF) {
        this.#visitLeafNode(number, at, course);
        continue;
      }
      const least = index === 0 || course.isFreeList ? undefined : Buffer.from(this.#keyAt(at));
      children.push({ page: this.#claimed(this.#childAt(at)), least });
    }
    course.keys.leave(this.#page);
    return children;
  }

  /** Where a node is whose key is within the page. */
  #nodeAt(number: number, index: number): number {
    const pointer = HEADER_BYTES + 2 * index;
    const at = pointer < PAGE_BYTES ? HEADER_BYTES + this.#wordAt(pointer) : PAGE_BYTES;
    const isWithin = at + NODE_HEADER_BYTES <= PAGE_BYTES && this.#valueAt(at) <= PAGE_BYTES;
    if (!isWithin) throw new BrokenPage(`page ${number} has a node beyond its end`);
    return at;
  }

  #visitLeafNode(number: number, at: number, course: Course): void {
    course.counted.rows += 1;
    if (!course.isFreeList)
      this.#pass(course, number, this.#page, at + NODE_HEADER_BYTES, this.#valueAt(at));
    const [flags, value] = [this.#wordAt(at + NODE.flags), this.#valueAt(at)];
    const bytes = this.#lowAt(at);
    const isTree = course.isTables && flags === NODE_IS_TREE && bytes === TREE_BYTES;
    if (flags !== 0 && flags !== NODE_IS_BIG && !isTree)
      throw new BrokenPage(`page ${number} has a node of no known kind`);
    if (value + (flags === NODE_IS_BIG ? RUN.bytes : bytes) > PAGE_BYTES)
      throw new BrokenPage(`page ${number} has a node beyond its end`);
    if (flags === NODE_IS_BIG) this.#visitRun(value, bytes, course);
    else if (isTree) this.#tables.push(describedTree(this.#page, value));
    else if (course.isFreeList) this.#listFree(this.#page.subarray(value, value + bytes));
  }

  /** A value of `bytes` on pages of its own. */
  #visitRun(place: number, bytes: number, course: Course): void {
    const first = this.#number(place + RUN.first);
    const count = this.#number(place + RUN.count);
    if (count !== Math.ceil((HEADER_BYTES + bytes) / PAGE_BYTES))
      throw new BrokenPage(`a value of ${bytes} bytes is on ${count} pages`);
    for (let page = first; page < first + count; page += 1) this.#claimed(page);
    course.counted.overflows += count;
    const head = Buffer.alloc(HEADER_BYTES + (course.isFreeList ? bytes : 0));
    readSync(this.#handle, head, 0, head.length, first * PAGE_BYTES);
    const isRun =
      Number(head.readBigUInt64LE(AT.number)) === first &&
      (head.readUInt16LE(AT.flags) & KINDS) === OVERFLOW &&
      head.readUInt32LE(AT.lower) === count;
    if (!isRun) throw new BrokenPage(`page ${first} is not what its parent takes it for`);
    if (course.isFreeList) this.#listFree(head.subarray(HEADER_BYTES));
  }

  #listFree(list: Buffer): void {
    const length = list.length < NUMBER_BYTES ? -1 : Number(list.readBigInt64LE());
    if (length < 0 || (length + 1) * NUMBER_BYTES > list.length)
      throw new BrokenPage('a list of free pages is longer than its place');
    for (let index = 1; index <= length; index += 1) {
      const entry = Number(list.readBigInt64LE(index * NUMBER_BYTES));
      if (entry > 0) this.#free.push(entry);
      if (entry >= 0) continue;
      index += 1;
      if (index > length || -entry > this.#seen.length * 8)
        throw new BrokenPage('a list of free pages is longer than its place');
      const first = Number(list.readBigInt64LE(index * NUMBER_BYTES));
      for (let page = first; page < first - entry; page += 1) this.#free.push(page);
    }
  }

  /** (3): `bytes` has the key from `from` to `to`. */
  #pass(course: Course, number: number, bytes: Buffer, from: number, to: number): void {
    const isBranchKey = bytes !== this.#page;
    if (!course.keys.follows(bytes, from, to, isBranchKey))
      throw new BrokenPage(`page ${number} has a key out of order`);
  }

  /** The page, which must be in the file, and in nobody else's hands. */
  #claimed(page: number): number {
    if (page < FIRST_PAGE || page >= this.#pageCount)
      throw new BrokenPage(`page ${page} is not in the file`);
    this.#mark(page, 'is used twice');
    return page;
  }

  #mark(page: number, ifSeen: string): void {
    const [byte, bit] = [Math.floor(page / 8), 1 << (page % 8)];
    const seen = this.#seen[byte] ?? 0;
    if ((seen & bit) !== 0) throw new BrokenPage(`page ${page} ${ifSeen}`);
    this.#seen[byte] = seen | bit;
  }

  /** Reads the page, and says of what kind it is; 0: it is not the page it should be. */
  #read(number: number): number {
    const bytes = readSync(this.#handle, this.#page, 0, PAGE_BYTES, number * PAGE_BYTES);
    if (bytes < PAGE_BYTES || this.#number(AT.number) !== number) return 0;
    return this.#wordAt(AT.flags) & KINDS;
  }

  #keyAt(at: number): Buffer {
    return this.#page.subarray(at + NODE_HEADER_BYTES, this.#valueAt(at));
  }

  #valueAt(at: number): number {
    return at + NODE_HEADER_BYTES + this.#wordAt(at + NODE.keyBytes);
  }

  /** Of a branch: 48 bits, spread over what other nodes have for their size and flags. */
  #childAt(at: number): number {
    return this.#lowAt(at) + this.#wordAt(at + NODE.flags) * 2 ** 32;
  }

  #lowAt(at: number): number {
    return this.#wordAt(at + NODE.low) + this.#wordAt(at + NODE.high) * 0x10000;
  }

  /** Exact up to 2^53: beyond that there is no such page, however it is rounded. */
  #number(at: number): number {
    return Number(this.#page.readBigUInt64LE(at));
  }

  #wordAt(at: number): number {
    return this.#page.readUInt16LE(at);
  }
}
