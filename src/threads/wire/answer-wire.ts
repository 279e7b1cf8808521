import type { ReservationRecord } from '../../domain/reservation.js';
import type { ShardAnswer } from '../../shard/ports.js';
import { recordForm } from './record-wire.js';
import type { WireForm } from './wire.js';

type Outcome = ShardAnswer['outcome'];

export const answerForm: WireForm<ShardAnswer> = {
  put(writer, { id, sequence, outcome }) {
    writer.put(id);
    writer.put(sequence);
    const record = recordOf(outcome);
    writer.put(record !== undefined);
    if (record === undefined) writer.put(outcome);
    else recordForm.put(writer, record);
  },

  take(reader) {
    const id = reader.take<number>();
    const sequence = reader.take<number>();
    const outcome: Outcome = reader.take<boolean>()
      ? { ok: true, value: recordForm.take(reader) }
      : reader.take<Outcome>();
    return { id, outcome, sequence };
  },
};

/** What most answers carry: the record of a reservation, the only value that ends at a time. */
function recordOf(outcome: Outcome): ReservationRecord | undefined {
  if (!outcome.ok || outcome.value === null) return undefined;
  return 'expiresAt' in outcome.value ? outcome.value : undefined;
}
