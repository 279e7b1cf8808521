/** Names of things, branded so that one cannot be passed where another is meant. */
declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** `^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`; made ones start with `evt_`. */
export type EventId = Branded<string, 'EventId'>;
/** Starts with `rsv_` (see `reservation-id.ts`), or `blk_` for a claim that blocks house seats. */
export type ReservationId = Branded<string, 'ReservationId'>;
/** 1..128 printable characters. */
export type UserId = Branded<string, 'UserId'>;

/** A seat's place in its event's order, 1..N. A plain number: it is counted and compared. */
export type SeatNumber = number;

/** Boundaries only (validated input, rows read from the store): names a string that is known to be of the form. */
export const eventId = (text: string): EventId => text as EventId;
export const reservationId = (text: string): ReservationId => text as ReservationId;
export const userId = (text: string): UserId => text as UserId;
