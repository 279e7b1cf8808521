import type { EventId } from '../../domain/ids.js';
import type { SnapshotPart } from '../../shard/ports.js';
import { recordForm } from './record-wire.js';
import type { WireForm } from './wire.js';

type EventPart = Extract<SnapshotPart, { type: 'event' }>;

/** Of a large house it has a million holds: as objects they would be most of what a start waits for. */
export const snapshotForm: WireForm<SnapshotPart> = {
  put(writer, part) {
    if (part.type === 'event') {
      writer.put(part);
      return;
    }
    writer.put(part.eventId);
    writer.put(part.holds.length);
    for (const record of part.holds) recordForm.put(writer, record);
  },

  take(reader) {
    const head = reader.take<EventPart | EventId>();
    if (typeof head !== 'string') return head;
    const count = reader.take<number>();
    const holds = Array.from({ length: count }, () => recordForm.take(reader));
    return { type: 'holds', eventId: head, holds };
  },
};
