import { amountText, countText } from './amount.js';
import type { HouseReading } from './demo-house.js';

/** How the sale stands, the most important first. @param requestsPerSecond the buyers'. */
export function progressFields(
  { event, stats, revenue }: HouseReading,
  requestsPerSecond: number,
): readonly string[] {
  return [
    `available ${countText(event.availableSeats)}`,
    `reserved ${countText(event.reservedSeats)}`,
    `booked ${countText(event.bookedSeats)}`,
    amountText(revenue, event.currency),
    `conflicts ${countText(stats.conflicts)}`,
    `expired ${countText(stats.reservations.expired)}`,
    `${countText(Math.round(requestsPerSecond))} requests/s`,
  ];
}
