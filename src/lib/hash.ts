/**
 * FNV-1a over the UTF-16 code units of `text`, 32 bits (parameters from the FNV specification by Fowler, Noll and Vo), with
 * Murmur3's finaliser so that short, similar names spread over all bits. Stable for ever: it is part of what is on disk.
 */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
