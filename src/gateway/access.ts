/**
 * Who may do what (API §6).
 *
 * 1. With an admin key, an admin is who sends it; the comparison takes the same time wherever the
 *    keys differ.
 * 2. Without one, an admin is who calls from loopback, and only loopback names are served: a page
 *    that points its own name at 127.0.0.1 (DNS rebinding), or posts here from its own origin, gets
 *    nothing.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { GatewayConfig } from './gateway-config.js';
import { Problem } from './problem.js';
import type { RequestHeaders } from './request-headers.js';

export class Access {
  readonly #keyDigest: Buffer | undefined;
  readonly #corsOrigins: readonly string[];
  readonly #isLoopbackOnly: boolean;
  #servedHost: string | undefined;

  /** @param host what the gateway listens on. */
  constructor(config: Pick<GatewayConfig, 'adminKey' | 'corsOrigins'>, host: string) {
    this.#isLoopbackOnly = isLoopbackName(host === '::1' ? '[::1]' : host);
    this.#keyDigest = config.adminKey === undefined ? undefined : digest(config.adminKey);
    this.#corsOrigins = config.corsOrigins;
  }

  /**
   * @param peerOf tells the client's address, 4 or 16 bytes; not asked where nobody but loopback
   * can connect.
   */
  isAdmin(headers: RequestHeaders, peerOf: () => Uint8Array): boolean {
    if (this.#keyDigest === undefined) return this.#isLoopbackOnly || isLoopback(peerOf());
    const credentials = BEARER.exec(headers.get('authorization') ?? '')?.[1];
    return credentials !== undefined && timingSafeEqual(digest(credentials), this.#keyDigest);
  }

  /** Why an admin route is closed to someone who is no admin. */
  refuseAdmin(): Problem {
    if (this.#keyDigest === undefined) {
      return new Problem('forbidden', 'Without an admin key, only loopback may do this.');
    }
    return new Problem('unauthenticated', 'Send the admin key: `Authorization: Bearer <key>`.', {
      headers: { 'WWW-Authenticate': 'Bearer realm="holdfast"' },
    });
  }

  /** Why the request is not served at all, or undefined (2). */
  refuseForeign(method: string, headers: RequestHeaders): Problem | undefined {
    if (this.#keyDigest !== undefined) return undefined;
    if (!this.#isServed(headers.get('host') ?? '')) {
      return new Problem('forbidden', 'Without an admin key, only loopback host names are served.');
    }
    const origin = headers.get('origin');
    if (origin === undefined || READING.has(method) || this.#isOwn(origin)) return undefined;
    return new Problem('forbidden', 'Without an admin key, pages of other origins may only read.');
  }

  /** A client sends the same `Host` again and again: the last good one is known without looking. */
  #isServed(host: string): boolean {
    if (host === this.#servedHost) return true;
    const isServed = isLoopbackName(hostName(host));
    if (isServed) this.#servedHost = host;
    return isServed;
  }

  #isOwn(origin: string): boolean {
    if (this.#corsOrigins.includes(origin)) return true;
    return isLoopbackName(hostName(origin.replace(/^https?:\/\//, '')));
  }
}

const BEARER = /^Bearer +([\x21-\x7e]+) *$/i;
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Of equal length whatever the input, as `timingSafeEqual` demands. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** `localhost` of `localhost:8080`, `[::1]` of `[::1]:8080`. */
function hostName(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, '');
}

const LOOPBACK_NAME = /^(?:localhost|[a-z0-9-]+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

function isLoopbackName(name: string): boolean {
  return LOOPBACK_NAME.test(name);
}

/** 127.0.0.0/8, ::1, and 127.0.0.0/8 mapped into IPv6. */
function isLoopback(peer: Uint8Array): boolean {
  if (peer.length === 4) return peer[0] === 127;
  const hex = Buffer.from(peer).toString('hex');
  return hex === `${'0'.repeat(31)}1` || hex.startsWith(`${'0'.repeat(20)}ffff7f`);
}
