/** Holds of known seats, and what must become of them: whether they are over, whether they are kept. */
import type { ReservationBody } from '../../support/api-bodies.js';
import { problemOf } from '../../support/api-client.js';
import { GALA, type Gala } from './gala.js';

const RESERVATIONS = `/v1/events/${GALA}/reservations`;

/** One hold a seat, each of another user. */
export function holdEach(
  { client, book }: Gala,
  seatIds: readonly string[],
  holdSeconds: number,
): Promise<ReservationBody[]> {
  return Promise.all(
    seatIds.map(async (seatId) => {
      const wish = { userId: `holder-${seatId}`, seatIds: [seatId], holdSeconds };
      const { status, body } = await client.post<ReservationBody>(RESERVATIONS, wish);
      if (status !== 201) throw new Error(`${seatId} is not to be had: ${status}`);
      book.acknowledged(body);
      return body;
    }),
  );
}

/** What is wrong with a hold that is over: it can be confirmed, or its seat is not to be had. @param now the server's clock */
export async function notOver(
  { client, book }: Gala,
  { id, userId, seatIds, expiresAt }: ReservationBody,
  now = Date.now,
): Promise<string | undefined> {
  const confirmed = await client.post(`/v1/reservations/${id}/confirm`, { userId });
  if (confirmed.status === 200) return `${id}: a lapsed hold was confirmed`;
  if (now() < Date.parse(expiresAt)) return `${id}: ended early`;
  if (problemOf(confirmed).code !== 'reservation_expired') return `${id}: ${confirmed.status}`;
  book.expired(id);
  const wish = { userId: `next-${userId}`, seatIds };
  const next = await client.post<ReservationBody>(RESERVATIONS, wish);
  if (next.status !== 201) return `${id}: its seat is not free: ${next.status}`;
  book.acknowledged(next.body);
  return undefined;
}

/** What is wrong with a hold that runs: somebody else gets its seat, or it cannot be confirmed. */
export async function notKept(
  { client, book }: Gala,
  { id, userId, seatIds }: ReservationBody,
): Promise<string | undefined> {
  const other = await client.post(RESERVATIONS, { userId: `greedy-${userId}`, seatIds });
  if (other.status !== 409) return `${id}: its seat was given to another: ${other.status}`;
  const confirmed = await client.post<ReservationBody>(`/v1/reservations/${id}/confirm`, {
    userId,
  });
  if (confirmed.status !== 200) return `${id}: ended early: ${confirmed.status}`;
  book.acknowledged(confirmed.body);
  return undefined;
}

/** `count` labels from `first` on. */
export function seatsFrom(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(first + index));
}
