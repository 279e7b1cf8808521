/** The contracts of API §5, each a thin translation onto the desk's commands: no rule of booking is written in one. */
import type { Route } from '../route.js';
import { grandArenaRoutes } from './grand-arena.js';
import { reservationBackendRoutes } from './reservation-backend.js';
import { temporaryReservationRoutes } from './temporary-reservation.js';
import { ticketBookingRoutes } from './ticket-booking.js';

export const contractRoutes: readonly Route[] = [
  ...temporaryReservationRoutes,
  ...reservationBackendRoutes,
  ...ticketBookingRoutes,
  ...grandArenaRoutes,
];
