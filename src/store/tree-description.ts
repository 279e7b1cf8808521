/** How LMDB describes a tree of pages, in its first two pages and in the node of a named table (`mdb.c`: `MDB_db`). */

/** Numbers of pages, and of rows. */
export interface TreeDescription {
  readonly root: number;
  readonly branches: number;
  readonly leaves: number;
  readonly overflows: number;
  readonly rows: number;
}

export const TREE_BYTES = 48;
/** The root of a tree without rows. */
export const NO_ROOT = Number(0xffff_ffff_ffff_ffffn);

const AT = { branches: 8, leaves: 16, overflows: 24, rows: 32, root: 40 } as const;

/** Of the description that begins at `at`. */
export function describedTree(bytes: Buffer, at: number): TreeDescription {
  const number = (offset: number): number => Number(bytes.readBigUInt64LE(at + offset));
  return {
    root: number(AT.root),
    branches: number(AT.branches),
    leaves: number(AT.leaves),
    overflows: number(AT.overflows),
    rows: number(AT.rows),
  };
}
