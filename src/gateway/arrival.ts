/**
 * What a request says, copied while uWebSockets lets it be read: `req` is gone when the handler
 * returns.
 */

import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import { randomBytes } from 'node:crypto';
import { RequestHeaders } from './request-headers.js';

export interface Arrival {
  /** As sent: `get` is no GET (RFC 9110 §9.1). */
  readonly method: string;
  /** As sent, without the query. */
  readonly path: string;
  /** As sent, without the question mark. */
  readonly search: string;
  readonly headers: RequestHeaders;
  /** The path's parameters in order, as sent. */
  readonly params: readonly string[];
  /** The client's, if it sent a sane one. */
  readonly requestId: string;
}

export function readArrival(req: HttpRequest, paramCount: number): Arrival {
  const headers = new RequestHeaders();
  req.forEach((name, value) => {
    headers.add(name, value);
  });
  const params: string[] = [];
  for (let index = 0; index < paramCount; index += 1) params.push(req.getParameter(index));
  return {
    method: req.getCaseSensitiveMethod(),
    path: req.getUrl(),
    search: req.getQuery() ?? '',
    headers,
    params,
    requestId: requestIdOf(headers.get('x-request-id')),
  };
}

/** The client's address: 4 or 16 bytes. Copied: what uWebSockets gives is its own memory. */
export function peerOf(res: HttpResponse): Uint8Array {
  return new Uint8Array(res.getRemoteAddress()).slice();
}

/** The client's address as text, for keys and logs. */
export function peerTextOf(res: HttpResponse): string {
  return Buffer.from(res.getRemoteAddressAsText()).toString('latin1');
}

/** What a client may call its request; anything else is replaced. */
const REQUEST_ID_FORM = /^[A-Za-z0-9._-]{1,128}$/;

/** @param sent as the client called it, if it did */
export function requestIdOf(sent: string | undefined): string {
  return sent !== undefined && REQUEST_ID_FORM.test(sent) ? sent : newRequestId();
}

/** Of this thread's life: names need to be unique, not unguessable, and a UUID of its own costs each request half a kilobyte. */
const LIFE = randomBytes(8).toString('hex');
let requests = 0;

/** Another at every call, in any thread of any process. */
function newRequestId(): string {
  requests += 1;
  return `${LIFE}-${requests.toString(36)}`;
}
