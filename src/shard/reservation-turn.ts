/**
 * Commands to one reservation, at its home. A live hold is in memory; one that is over is read back for the command
 * (activation) and forgotten again, so that bookings cost no memory.
 */

import type { ReservationCommand } from '../domain/commands.js';
import { decideReservation } from '../domain/decide-reservation.js';
import type { ReservationId } from '../domain/ids.js';
import { rejected } from '../domain/rejection.js';
import type { ReservationRecord } from '../domain/reservation.js';
import { assert } from '../lib/assert.js';
import type { Parked } from './parking.js';
import {
  type Awake,
  accept,
  endIfOverdue,
  park,
  release,
  type ShardCore,
  Transaction,
} from './shard-core.js';
import { refuse } from './taking.js';

export function moveReservation(
  core: ShardCore,
  parked: Parked,
  command: ReservationCommand,
  awake: Awake,
): void {
  const { reservationId } = command;
  const hold = core.state.holds.get(reservationId);
  if (hold !== undefined) {
    decide(core, parked, command, endIfOverdue(core, hold));
    return;
  }
  if (awake?.type !== 'reservation') {
    activate(core, parked, reservationId);
    return;
  }
  const record = core.state.awakened.get(reservationId) ?? awake.record;
  if (record === undefined) return refuse(core, parked, notFound(reservationId));
  assert(
    record.status !== 'reserved',
    `I1: a live hold, ${reservationId}, is in memory at its home`,
  );
  const after = decide(core, parked, command, record);
  core.state.awakened.set(reservationId, after);
}

/** Reads it back; whoever came meanwhile waits in the same line and sees what those before did to it. */
function activate(core: ShardCore, parked: Parked, reservationId: ReservationId): void {
  const line = `reservation ${reservationId}`;
  if (!park(core, line, parked)) return;
  core.read({ type: 'reservation', reservationId }, (loaded) => {
    release(core, line, loaded);
    core.state.awakened.delete(reservationId);
  });
}

/** @returns the record after the command */
function decide(
  core: ShardCore,
  parked: Parked,
  command: ReservationCommand,
  record: ReservationRecord,
): ReservationRecord {
  const decision = decideReservation(record, command, core.now());
  if (decision.kind === 'rejected') {
    refuse(core, parked, decision.rejection);
    return record;
  }
  const transaction = new Transaction(core);
  let after = record;
  for (const fact of decision.facts) after = transaction.move(fact, after);
  accept(core, parked, transaction, after);
  return after;
}

function notFound(reservationId: ReservationId) {
  return rejected('reservation_not_found', `there is no reservation ${reservationId}`).rejection;
}
