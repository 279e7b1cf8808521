/** After a crash, with nothing under way: what clients know, the records, the log and the seat list, held to each other. */
import type { EventBody, ReservationBody, SeatListBody } from './api-bodies.js';
import type { ApiClient } from './api-client.js';
import type { ClientBook, KnownReservation } from './client-book.js';
import { EventHistory } from './event-history.js';
import { countFault, differencesFromLog, listFault } from './seat-reading.js';

export interface Judgement {
  /** Everything that is wrong. */
  readonly faults: readonly string[];
  /** Every reservation of the event, as the log has it now. */
  readonly found: readonly KnownReservation[];
  readonly history: EventHistory;
}

/** Which event is judged, and by what. */
export interface Case {
  readonly client: ApiClient;
  readonly eventId: string;
  readonly book: ClientBook;
  readonly totalSeats: number;
  /** The log and the seat list only: for what was judged whole before, and nobody has asked anything of since. */
  readonly withoutRecords?: boolean;
  /** The server's clock, where it is not the test's own. */
  readonly now?: () => number;
}

/** Judges one event by all there is to read of it. */
export async function judge({
  client,
  eventId,
  book,
  totalSeats,
  withoutRecords = false,
  now: clock = Date.now,
}: Case): Promise<Judgement> {
  const history = new EventHistory(await client.log(eventId));
  const now = clock();
  const found = [...history.reservations.values()].map((each) => ({
    ...each,
    status: history.statusAt(each, now),
  }));
  const faults = [
    ...history.breaches,
    ...book.faults(found, now),
    ...(withoutRecords ? [] : await recordFaults(client, found, clock)),
    ...(await seatFaults({ client, eventId, totalSeats, history, clock })),
  ];
  return { faults: faults.map((fault) => `${eventId}: ${fault}`), found, history };
}

/** Each reservation's record says what the log says. */
async function recordFaults(
  client: ApiClient,
  found: readonly KnownReservation[],
  clock: () => number,
): Promise<string[]> {
  const faults = await Promise.all(
    found.map(async (logged) => {
      const { status, body } = await client.get<ReservationBody>(`/v1/reservations/${logged.id}`);
      if (status !== 200) return `${logged.id}: its record is ${status}`;
      const isLater = logged.status === 'reserved' && body.status === 'expired';
      const isOver = clock() >= Date.parse(body.expiresAt);
      const isSame =
        (body.status === logged.status || (isLater && isOver)) &&
        body.userId === logged.userId &&
        body.expiresAt === logged.expiresAt &&
        body.seatIds.join() === logged.seatIds.join();
      return isSame ? undefined : `${JSON.stringify(body)}; in the log ${JSON.stringify(logged)}`;
    }),
  );
  return faults.filter((fault) => fault !== undefined);
}

type SeatCase = Pick<Judgement, 'history'> &
  Pick<Case, 'client' | 'eventId' | 'totalSeats'> & { readonly clock: () => number };

/** The seat list, read after the log, shows what the log says. */
async function seatFaults({
  client,
  eventId,
  totalSeats,
  history,
  clock,
}: SeatCase): Promise<string[]> {
  const before = clock();
  const list = await client.get<SeatListBody>(`/v1/events/${eventId}/seats`);
  const event = await client.get<EventBody>(`/v1/events/${eventId}`);
  const after = clock();
  const faults = [listFault(list.body, totalSeats), countFault(event.body, totalSeats)];
  return [
    ...faults.filter((fault) => fault !== undefined),
    ...differencesFromLog(list.body.data, history, { before, after }),
  ];
}
