/** What shards load and desks ask, each answered from the parts that know it. */
import type { StoreQueries } from '../desk/ports.js';
import type { EventId, SeatNumber } from '../domain/ids.js';
import type { ReservationRecord } from '../domain/reservation.js';
import { unreachable } from '../lib/assert.js';
import type { SeatRow, StoreLoad, StoreLoaded } from '../shard/ports.js';
import { readBooked } from './event-snapshot.js';
import type { StoreParts } from './store-parts.js';

export function answerLoad(parts: StoreParts, load: StoreLoad): StoreLoaded {
  const { tables, indexes, reservations } = parts;
  switch (load.type) {
    case 'reservation':
      return { type: load.type, record: reservations.get(load.reservationId) };
    case 'event':
      return { type: load.type, event: tables.events.get([load.eventId]) };
    case 'allowance':
      return { type: load.type, live: reservations.liveOfUser(load.eventId, load.userId) };
    case 'claim': {
      const rows = seatRows(parts, load.eventId, load.seats);
      return { type: load.type, rows, record: reservations.get(load.reservationId) };
    }
    case 'bookedSeats':
      return { type: load.type, booked: readBooked(load.eventId, indexes.seats) };
    case 'liveReservations':
      return { type: load.type, live: reservations.liveOfEvent(load.eventId) };
    default:
      return unreachable(load);
  }
}

type Answers = {
  readonly [Name in keyof StoreQueries]: (
    parts: StoreParts,
    ask: StoreQueries[Name]['ask'],
  ) => StoreQueries[Name]['answer'];
};

const ANSWERS: Answers = {
  reservation: ({ reservations }, { reservationId }) => reservations.get(reservationId),
  seatHolder: (parts, { eventId, seat }) => holderOf(parts, eventId, seat),
  userReservations: ({ reservations }, ask) => reservations.page(ask),
  eventLog: ({ factLog }, { eventId, after, limit }) => factLog.page(eventId, after, limit),
  seatHistory: ({ factLog }, { eventId, seat, limit }) => factLog.history(eventId, seat, limit),
  stats: ({ stats }, { eventId }) => stats.read(eventId),
  beginIdempotent: ({ idempotency }, { key, fingerprint }) => idempotency.begin(key, fingerprint),
};

export function answerQuery<Name extends keyof StoreQueries>(
  parts: StoreParts,
  name: Name,
  ask: StoreQueries[Name]['ask'],
): StoreQueries[Name]['answer'] {
  return ANSWERS[name](parts, ask);
}

function holderOf(
  { indexes, reservations }: StoreParts,
  eventId: EventId,
  seat: SeatNumber,
): ReservationRecord | undefined {
  const row = indexes.seats.get(eventId, seat);
  if (row === undefined || row.state === 'blocked') return undefined;
  return reservations.present(row.holder, `seat ${seat} of ${eventId}`);
}

/** Of the seats that have one. */
function seatRows(
  { indexes }: StoreParts,
  eventId: EventId,
  seats: readonly SeatNumber[],
): readonly SeatRow[] {
  return seats.flatMap((seat) => {
    const row = indexes.seats.get(eventId, seat);
    return row === undefined ? [] : [{ seat, ...row }];
  });
}
