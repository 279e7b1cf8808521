/**
 * A route made ready for requests of one method: what can be known beforehand is looked up once.
 */
import type { GatewayConfig } from './gateway-config.js';
import type { GatewayMetrics } from './gateway-metrics.js';
import type { Route } from './route.js';
import type { RouteMetrics } from './route-metrics.js';

export interface Endpoint {
  readonly route: Route;
  /** In the order of the path. */
  readonly paramNames: readonly string[];
  readonly isHead: boolean;
  /** GET and HEAD have no body, nor have requests that no route wants. */
  readonly readsBody: boolean;
  readonly bodyBytesMax: number;
  /** `Idempotency-Key` is honoured. */
  readonly isIdempotent: boolean;
  readonly metrics: RouteMetrics;
}

export interface EndpointOptions {
  readonly isHead: boolean;
  readonly config: GatewayConfig;
  readonly metrics: GatewayMetrics;
}

export function endpointOf(route: Route, options: EndpointOptions): Endpoint {
  const { isHead, config, metrics } = options;
  return {
    route,
    paramNames: paramNames(route.path),
    isHead,
    readsBody: route.method !== 'GET',
    bodyBytesMax: config[route.bodyLimit ?? 'bodyBytesMax'],
    isIdempotent: route.method === 'POST',
    metrics: metrics.ofRoute({ route: route.path, method: isHead ? 'HEAD' : route.method }),
  };
}

/** `['id', 'seatId']` of `/v1/events/:id/seats/:seatId`. */
export function paramNames(path: string): string[] {
  return Array.from(path.matchAll(/:(\w+)/g), ([, name = '']) => name);
}
