import type { EventRecord } from '../../domain/event.js';
import type { EventSnapshot } from '../../shard/ports.js';
import { recordForm } from './record-wire.js';
import type { WireForm } from './wire.js';

/** Of a large house it has a million holds: as objects they would be most of what a start waits for. */
export const snapshotForm: WireForm<EventSnapshot> = {
  put(writer, { event, booked, blocked, reserved }) {
    writer.put(event);
    writer.put(booked);
    writer.put(blocked);
    writer.put(reserved.length);
    for (const record of reserved) recordForm.put(writer, record);
  },

  take(reader) {
    const event = reader.take<EventRecord>();
    const booked = reader.take<Uint32Array>();
    const blocked = reader.take<Uint32Array>();
    const count = reader.take<number>();
    const reserved = Array.from({ length: count }, () => recordForm.take(reader));
    return { event, booked, blocked, reserved };
  },
};
