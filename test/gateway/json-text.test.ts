import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonText } from '../../src/gateway/json-text.js';

it('a text is written as JSON.stringify writes it', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('"', '\\', '\n', '\u007f', '\u2028', '\ud800', 'a\u0000'),
  );
  fc.assert(
    fc.property(text, (given) => {
      expect(jsonText(given)).toBe(JSON.stringify(given));
    }),
    { numRuns: 2_000 },
  );
});
