import type { Fact } from '../../domain/facts.js';
import { evolveReservation, type ReservationRecord } from '../../domain/reservation.js';
import type { StagedEntry } from '../../shard/ports.js';
import { factForm } from './fact-wire.js';
import { recordForm } from './record-wire.js';
import type { WireForm, WireReader, WireWriter } from './wire.js';

/** In place of the number of facts: one fact, a `reservation.reserved`, from which its record follows. */
const NEW_HOLD = -1;

export const entryForm: WireForm<StagedEntry> = {
  put(writer, { facts, records, remember }) {
    const [fact] = facts;
    if (facts.length === 1 && fact?.type === 'reservation.reserved') {
      writer.put(NEW_HOLD);
      factForm.put(writer, fact);
    } else {
      putFactsAndRecords(writer, facts, records);
    }
    writer.put(remember);
  },

  take(reader) {
    const count = reader.take<number>();
    const entry = count === NEW_HOLD ? takeNewHold(reader) : takeFactsAndRecords(reader, count);
    const remember = reader.take<StagedEntry['remember']>();
    return remember === undefined ? entry : { ...entry, remember };
  },
};

function takeNewHold(reader: WireReader): StagedEntry {
  const fact = factForm.take(reader);
  if (fact.type !== 'reservation.reserved') throw new TypeError(`${fact.type} makes no hold`);
  return { facts: [fact], records: [evolveReservation(undefined, fact)] };
}

function putFactsAndRecords(
  writer: WireWriter,
  facts: readonly Fact[],
  records: readonly ReservationRecord[],
): void {
  writer.put(facts.length);
  for (const fact of facts) factForm.put(writer, fact);
  writer.put(records.length);
  for (const record of records) recordForm.put(writer, record);
}

function takeFactsAndRecords(reader: WireReader, factCount: number): StagedEntry {
  const facts = Array.from({ length: factCount }, () => factForm.take(reader));
  const recordCount = reader.take<number>();
  const records = Array.from({ length: recordCount }, () => recordForm.take(reader));
  return { facts, records };
}
