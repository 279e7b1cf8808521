/** An event on a real server, as its HTTP API shows it. */
import { request } from 'undici';

/** The 2-bit map at its cursor, both as text. */
export interface ServedMap {
  readonly cursor: string;
  /** A digit a seat, in seat order: its status code. */
  readonly statuses: string;
}

/** `GET /v1/events/:id/seats` as a map. */
export async function servedMap(
  url: string,
  eventId: string,
  totalSeats: number,
): Promise<ServedMap> {
  const { statusCode, headers, body } = await request(`${url}/v1/events/${eventId}/seats`, {
    headers: { accept: 'application/vnd.holdfast.seatmap' },
  });
  const packed = new Uint8Array(await body.arrayBuffer());
  if (statusCode !== 200) throw new Error(`the seat map: ${statusCode}`);
  return { cursor: String(headers['x-holdfast-cursor']), statuses: unpacked(packed, totalSeats) };
}

/** By hand, and not with the code that is tested. */
function unpacked(packed: Uint8Array, totalSeats: number): string {
  const codes = Array.from({ length: totalSeats }, (_, index) => {
    const quarter = index % 4;
    return Math.floor((packed[(index - quarter) / 4] ?? 0) / 4 ** quarter) % 4;
  });
  return codes.join('');
}
