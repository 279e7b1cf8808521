/**
 * Everything that a gateway serves: the native API, the contracts, and what operators and readers
 * need.
 */
import type { GatewayConfig } from './gateway-config.js';
import type { Route } from './route.js';
import { documentRoutes } from './routes/document-routes.js';
import { eventLogRoute } from './routes/event-log-route.js';
import { eventRoutes } from './routes/event-routes.js';
import { eventStatsRoute } from './routes/event-stats-route.js';
import { feedRoute } from './routes/feed-route.js';
import { houseSeatRoutes } from './routes/house-seat-routes.js';
import { importRoute } from './routes/import-route.js';
import { operationsRoutes } from './routes/operations-routes.js';
import { reservationRoutes } from './routes/reservation-routes.js';
import { reserveRoute } from './routes/reserve-route.js';
import { seatListRoute } from './routes/seat-list-route.js';
import { seatRoute } from './routes/seat-route.js';
import { userReservationsRoute } from './routes/user-routes.js';
import { SeatLists } from './seat-lists.js';

export interface GatewayRoutesOptions {
  readonly config: Pick<GatewayConfig, 'seatListBytesMax'>;
  /** Routes of API §5, and whatever else is served beside the native API. */
  readonly others: readonly Route[];
  /** The metrics of all threads; absent: a gateway's own. */
  readonly collectMetrics?: () => Promise<string>;
}

/** One list for one gateway: its seat lists are cached in it. */
export function gatewayRoutes({
  config,
  others,
  collectMetrics,
}: GatewayRoutesOptions): readonly Route[] {
  const routes = [
    ...eventRoutes,
    importRoute,
    seatListRoute(new SeatLists(config.seatListBytesMax)),
    seatRoute,
    feedRoute,
    ...houseSeatRoutes,
    eventStatsRoute,
    eventLogRoute,
    reserveRoute,
    ...reservationRoutes,
    userReservationsRoute,
    ...others,
    ...operationsRoutes(collectMetrics),
  ];
  return [...routes, ...documentRoutes(routes)];
}
