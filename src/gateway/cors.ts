/**
 * Cross-origin reading and calling by browsers, for the origins that the operator named and no
 * others (API §2).
 */
import type { GatewayConfig } from './gateway-config.js';
import type { RequestHeaders } from './request-headers.js';

const PREFLIGHT_SECONDS = 600;
const ALLOWED_HEADERS =
  'Accept, Authorization, Content-Type, Idempotency-Key, If-None-Match, X-Request-Id, X-Session-Id';
const EXPOSED_HEADERS =
  'ETag, Idempotent-Replayed, Location, Retry-After, X-Holdfast-Cursor, X-Request-Id';

export type HeaderPair = readonly [name: string, value: string];

const NONE: readonly HeaderPair[] = [];
const VARY: HeaderPair = ['Vary', 'Origin'];

export class Cors {
  /** The headers of each allowed origin, made once. */
  readonly #granted: ReadonlyMap<string, readonly HeaderPair[]>;
  readonly #refused: readonly HeaderPair[];

  constructor({ corsOrigins }: Pick<GatewayConfig, 'corsOrigins'>) {
    this.#granted = new Map(corsOrigins.map((origin) => [origin, grant(origin)]));
    this.#refused = corsOrigins.length === 0 ? NONE : [VARY];
  }

  /**
   * What every answer to this request carries. Other origins get none: the browser keeps the answer
   * from the page.
   */
  headersFor(headers: RequestHeaders): readonly HeaderPair[] {
    if (this.#granted.size === 0) return NONE;
    return this.#granted.get(headers.get('origin') ?? '') ?? this.#refused;
  }

  /**
   * What the answer to an OPTIONS carries beside `headersFor`; empty unless it is a preflight of an
   * allowed origin.
   */
  preflightHeaders(headers: RequestHeaders, allow: string): Record<string, string> {
    const isPreflight = headers.get('access-control-request-method') !== undefined;
    if (!isPreflight || !this.#granted.has(headers.get('origin') ?? '')) return {};
    return {
      'Access-Control-Allow-Methods': allow,
      'Access-Control-Allow-Headers': ALLOWED_HEADERS,
      'Access-Control-Max-Age': String(PREFLIGHT_SECONDS),
    };
  }
}

function grant(origin: string): readonly HeaderPair[] {
  return [
    VARY,
    ['Access-Control-Allow-Origin', origin],
    ['Access-Control-Expose-Headers', EXPOSED_HEADERS],
  ];
}
