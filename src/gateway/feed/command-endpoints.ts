/** The routes whose commands come over sockets, made ready for that. */
import { type Endpoint, paramNames } from '../endpoint.js';
import type { ExchangeHost } from '../exchange.js';
import { type CommandType, ROUTE_OF } from './feed-command.js';

export type CommandEndpoints = Readonly<Record<CommandType, Endpoint>>;

/** Counted beside those of HTTP, under a method of their own. */
export function commandEndpoints(host: Pick<ExchangeHost, 'config' | 'metrics'>): CommandEndpoints {
  const ready = (type: CommandType): Endpoint => {
    const route = ROUTE_OF[type];
    return {
      route,
      paramNames: paramNames(route.path),
      isHead: false,
      readsBody: true,
      bodyBytesMax: host.config.feed.messageBytesMax,
      isIdempotent: true,
      metrics: host.metrics.ofRoute({ route: route.path, method: 'WS' }),
    };
  };
  return {
    reserve: ready('reserve'),
    confirm: ready('confirm'),
    cancel: ready('cancel'),
    extend: ready('extend'),
    release: ready('release'),
  };
}
