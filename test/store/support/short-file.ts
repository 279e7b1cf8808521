import { readFileSync, writeFileSync } from 'node:fs';

const PAGE = 4096;
/** Offsets within a page that describes the others. */
const AT = { lastPage: 144, transaction: 152 };

/** Makes the newer of a data file's two descriptions say that there are more pages, all free. */
export function promisePagesMore(path: string, pages: number): void {
  const bytes = readFileSync(path);
  const ages = [0, PAGE].map((page) => bytes.readBigUInt64LE(page + AT.transaction));
  const at = ((ages[0] ?? 0n) > (ages[1] ?? 0n) ? 0 : PAGE) + AT.lastPage;
  bytes.writeBigUInt64LE(bytes.readBigUInt64LE(at) + BigInt(pages), at);
  writeFileSync(path, bytes);
}
