/**
 * Follows LMDB's pages from the roots of a data file, without LMDB: of a page that is missing or is
 * not what its parent takes it for, LMDB makes a dead process, not an error. For a file that gives
 * cause, since it reads all of it.
 *
 * The layout is that of `lmdb-file.ts`: trees of branch and leaf pages; a leaf's node may hold the
 * root of another tree (a named table), or the place of a run of overflow pages.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { type DataFile, PAGE_BYTES } from './lmdb-file.js';

const BRANCH = 0x01;
const LEAF = 0x02;
const OVERFLOW = 0x04;
const KINDS = BRANCH | LEAF | OVERFLOW;

const HEADER_BYTES = 24;
const NODE_HEADER_BYTES = 8;
/** Offsets within a page. */
const AT = { number: 0, flags: 18, lower: 20 } as const;
/** Offsets within a node. */
const NODE = { low: 0, high: 2, flags: 4, keyBytes: 6 } as const;
const NODE_IS_BIG = 0x01;
const NODE_IS_TREE = 0x02;
/** Where the description of a tree has its root, and how long it is. */
const TREE = { root: 40, bytes: 48 } as const;
/** Of an overflow run: its first page, a transaction, its length in pages. */
const RUN = { first: 0, count: 16, bytes: 24 } as const;
const NO_ROOT = 0xffff_ffff_ffff_ffffn;
/** Pages 0 and 1 describe the others. */
const FIRST_PAGE = 2n;

/**
 * What is wrong with the first page that is not as it must be, in words; undefined: every page is
 * there.
 */
export function findBrokenPage(file: DataFile): string | undefined {
  const handle = openSync(file.path, 'r');
  try {
    return new PageWalk(handle, file).run();
  } finally {
    closeSync(handle);
  }
}

class PageWalk {
  readonly #handle: number;
  readonly #pageCount: bigint;
  readonly #roots: readonly bigint[];
  readonly #page = Buffer.alloc(PAGE_BYTES);
  /** A bit a page: each has one parent. */
  readonly #seen: Uint8Array;
  readonly #pending: bigint[] = [];

  constructor(handle: number, file: DataFile) {
    this.#handle = handle;
    this.#roots = file.roots;
    this.#pageCount = BigInt(Math.floor(file.bytes / PAGE_BYTES));
    this.#seen = new Uint8Array(Number(this.#pageCount / 8n) + 1);
  }

  run(): string | undefined {
    let fault = this.#follow(this.#roots);
    for (let page = this.#pending.pop(); page !== undefined; page = this.#pending.pop()) {
      fault ??= this.#visit(page);
      if (fault !== undefined) return fault;
    }
    return fault;
  }

  #follow(roots: readonly bigint[]): string | undefined {
    for (const root of roots) {
      if (root === NO_ROOT) continue;
      const fault = this.#claim(root, 1n);
      if (fault !== undefined) return fault;
      this.#pending.push(root);
    }
    return undefined;
  }

  #visit(number: bigint): string | undefined {
    const kind = this.#read(number);
    if (kind !== BRANCH && kind !== LEAF)
      return `page ${number} is not what its parent takes it for`;
    const nodeCount = this.#page.readUInt16LE(AT.lower) / 2;
    for (let index = 0; index < nodeCount; index += 1) {
      const at = HEADER_BYTES + this.#wordAt(HEADER_BYTES + 2 * index);
      if (at + NODE_HEADER_BYTES > PAGE_BYTES) return `page ${number} has a node beyond its end`;
      const fault = kind === BRANCH ? this.#follow([this.#childAt(at)]) : this.#visitLeafNode(at);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  /** A node of the page that was read last. */
  #visitLeafNode(at: number): string | undefined {
    const flags = this.#wordAt(at + NODE.flags);
    const data = at + NODE_HEADER_BYTES + this.#wordAt(at + NODE.keyBytes);
    if ((flags & NODE_IS_TREE) !== 0) {
      if (data + TREE.bytes > PAGE_BYTES) return 'a table is described beyond the end of a page';
      return this.#follow([this.#page.readBigUInt64LE(data + TREE.root)]);
    }
    if ((flags & NODE_IS_BIG) === 0) return undefined;
    if (data + RUN.bytes > PAGE_BYTES) return 'a value is placed beyond the end of a page';
    const first = this.#page.readBigUInt64LE(data + RUN.first);
    return this.#claim(first, this.#page.readBigUInt64LE(data + RUN.count));
  }

  /** Marks pages as seen; they must be in the file, and in nobody else's hands. */
  #claim(first: bigint, count: bigint): string | undefined {
    if (first < FIRST_PAGE || first + count > this.#pageCount) {
      return `page ${first + count - 1n} is not in the file`;
    }
    for (let page = first; page < first + count; page += 1n) {
      const [byte, bit] = [Number(page / 8n), 1 << Number(page % 8n)];
      const seen = this.#seen[byte] ?? 0;
      if ((seen & bit) !== 0) return `page ${page} is used twice`;
      this.#seen[byte] = seen | bit;
    }
    return undefined;
  }

  /** Reads the page, and says of what kind it is; 0: it is not the page it should be. */
  #read(number: bigint): number {
    const bytes = readSync(this.#handle, this.#page, 0, PAGE_BYTES, Number(number) * PAGE_BYTES);
    if (bytes < PAGE_BYTES || this.#page.readBigUInt64LE(AT.number) !== number) return 0;
    return this.#wordAt(AT.flags) & KINDS;
  }

  /** Of a branch: 48 bits, spread over what other nodes have for their size and flags. */
  #childAt(at: number): bigint {
    const low = this.#wordAt(at + NODE.low) + this.#wordAt(at + NODE.high) * 0x10000;
    return BigInt(low) + (BigInt(this.#wordAt(at + NODE.flags)) << 32n);
  }

  #wordAt(at: number): number {
    return this.#page.readUInt16LE(at);
  }
}
