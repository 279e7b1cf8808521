/**
 * The same luck in every run: a xorshift generator (Marsaglia, 2003) of numbers from 0 up to 1.
 *
 * @param {number} [seed] any but 0
 */
export function seededRandom(seed = 2463534242) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
