/** Who may open a live feed: everything that can be said before a socket is upgraded is said as an HTTP answer. */
import type { Arrival } from '../arrival.js';
import type { Endpoint } from '../endpoint.js';
import type { ExchangeHost } from '../exchange.js';
import { Problem } from '../problem.js';
import { contextOf } from '../request-context.js';
import { announcedBytes, framingProblem } from '../request-framing.js';
import type { RequestHeaders } from '../request-headers.js';
import type { FeedParams, FeedQuery } from '../routes/feed-route.js';
import type { Visit } from './feed-connection.js';

const RETRY_MS = 1_000;

export interface Asked {
  readonly host: ExchangeHost;
  /** Of the feed's address. */
  readonly endpoint: Endpoint;
  readonly arrival: Arrival;
  /** The client's address. */
  readonly peer: string;
  peerBytes(): Uint8Array;
  /** Sockets that are open. */
  readonly viewerCount: number;
}

/** Who is let in, or why the socket is not upgraded. */
export function visitOf(asked: Asked): Visit | Problem {
  const { host, endpoint, arrival, peer } = asked;
  const refusal = refuseUpgrade(asked);
  if (refusal !== undefined) return refusal;
  const isAdmin = host.access.isAdmin(arrival.headers, asked.peerBytes);
  const context = contextOf({ host, endpoint, arrival, isAdmin, body: NO_BODY, mark: undefined });
  if (context instanceof Problem) return context;
  // Of the feed's own route: its schemas have passed.
  const { id } = context.params as FeedParams;
  const { cursor } = context.query as FeedQuery;
  if (host.desk.event(id) === undefined) {
    return new Problem('event_not_found', `There is no event ${id}.`);
  }
  const [eventParam = ''] = arrival.params;
  return { eventId: id, eventParam, cursor, isAdmin, peer };
}

const NO_BODY = Buffer.alloc(0);

function refuseUpgrade({ host, arrival, peer, viewerCount }: Asked): Problem | undefined {
  const { access, config, quarantine } = host;
  const { headers } = arrival;
  if (!quarantine.isEmpty && quarantine.has(peer)) return SUSPECT;
  return (
    framingProblem(headers) ??
    access.refuseForeign('GET', headers) ??
    refuseOrigin(headers, config.corsOrigins) ??
    handshakeProblem(headers) ??
    refuseBusy(host, viewerCount)
  );
}

/** Nobody reads this: whoever sent the request before it is cut off. */
const SUSPECT = new Problem('invalid_request', 'The request before this one was not clear.');

/**
 * Browsers let any page open a socket to anywhere, and say only where the page is from: only pages of this server and of
 * the origins that the operator named are let in. What sends no `Origin` is no browser.
 */
export function refuseOrigin(
  headers: RequestHeaders,
  allowed: readonly string[],
): Problem | undefined {
  const origin = headers.get('origin');
  if (origin === undefined || allowed.includes(origin)) return undefined;
  if (isOwn(origin, headers.get('host') ?? '')) return undefined;
  return new Problem('forbidden', 'Pages of other origins may not open a socket here.');
}

/** The scheme is not compared: a proxy in front may have taken TLS away. */
function isOwn(origin: string, host: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, host: own } = new URL(origin);
  // A parsed host is without the default port of its scheme, and in lower case.
  const here = `${protocol}//${host}`;
  return /^https?:$/.test(protocol) && URL.canParse(here) && new URL(here).host === own;
}

/** RFC 6455 §4.2.1; uWebSockets looks for the key alone. */
function handshakeProblem(headers: RequestHeaders): Problem | undefined {
  const isUpgrade =
    /^websocket$/i.test(headers.get('upgrade') ?? '') &&
    /(?:^|,)\s*upgrade\s*(?:,|$)/i.test(headers.get('connection') ?? '');
  if (!isUpgrade) return new Problem('invalid_request', 'The upgrade is not asked for.');
  if (headers.get('sec-websocket-version') !== '13') {
    return new Problem('invalid_request', 'Sec-WebSocket-Version must be 13.', {
      headers: { 'Sec-WebSocket-Version': '13' },
    });
  }
  if (announcedBytes(headers) === 0) return undefined;
  return new Problem('invalid_request', 'An upgrade has no body.');
}

function refuseBusy(
  { state, admission, config }: ExchangeHost,
  viewerCount: number,
): Problem | undefined {
  const details = { retryAfterMs: RETRY_MS };
  if (state.isDraining) {
    return new Problem('shutting_down', 'The server is shutting down.', details);
  }
  if (viewerCount >= config.feed.viewersMax || admission.isFull) {
    return new Problem('overloaded', 'There are as many viewers as there may be.', details);
  }
  return undefined;
}
