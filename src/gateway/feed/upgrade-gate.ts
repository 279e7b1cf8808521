/** Who may open a live feed: everything that can be said before a socket is upgraded is said as an HTTP answer. */
import type { Arrival } from '../arrival.js';
import type { ExchangeHost } from '../exchange.js';
import { Problem } from '../problem.js';
import { announcedBytes, framingProblem } from '../request-framing.js';
import type { RequestHeaders } from '../request-headers.js';

const RETRY_MS = 1_000;

/**
 * Why the socket is not upgraded, or undefined. The event is not looked for here: the route does that.
 *
 * @param viewerCount sockets that are open.
 */
export function refuseUpgrade(
  host: ExchangeHost,
  { headers }: Arrival,
  viewerCount: number,
): Problem | undefined {
  return (
    framingProblem(headers) ??
    host.access.refuseForeign('GET', headers) ??
    refuseOrigin(headers, host.config.corsOrigins) ??
    handshakeProblem(headers) ??
    refuseBusy(host, viewerCount)
  );
}

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
