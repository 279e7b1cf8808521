/** What a seat looks like from outside, and its two-bit code (API §1). */
export const SEAT_STATUSES = ['available', 'reserved', 'booked', 'blocked'] as const;

export type SeatStatus = (typeof SEAT_STATUSES)[number];

/** 0 available, 1 reserved, 2 booked, 3 blocked: the codes of the 2-bit map and of the feed. */
export type SeatStatusCode = 0 | 1 | 2 | 3;

export const SEAT_CODE = {
  available: 0,
  reserved: 1,
  booked: 2,
  blocked: 3,
} as const satisfies Record<SeatStatus, SeatStatusCode>;
