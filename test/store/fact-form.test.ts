import fc from 'fast-check';
import { expect, test } from 'vitest';
import { factRowForm } from '../../src/store/fact-form.js';
import type { FactRow } from '../../src/store/tables.js';
import { event, fact } from '../support/arbitrary-facts.js';

test('a row of facts reads as it was written', () => {
  const numbered = fc.tuple(fc.nat(), fact);
  fc.assert(
    fc.property(event, fc.array(numbered, { maxLength: 5 }), (eventId, any) => {
      const row: FactRow = any.map(([sequence, each]) => [sequence, { ...each, eventId }]);
      const printed = Buffer.from(String(factRowForm.print(row)));
      expect(factRowForm.parse(printed, [eventId, 1])).toStrictEqual(row);
    }),
  );
});
