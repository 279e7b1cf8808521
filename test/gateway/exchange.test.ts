/** An exchange before a socket of our own, which notices what no client sees: packets, and bytes that are taken back. */
import type { HttpResponse } from 'uWebSockets.js';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Access } from '../../src/gateway/access.js';
import { Admission } from '../../src/gateway/admission.js';
import { jsonAnswer } from '../../src/gateway/answer.js';
import { Cors } from '../../src/gateway/cors.js';
import { endpointOf } from '../../src/gateway/endpoint.js';
import { Exchange, type ExchangeHost } from '../../src/gateway/exchange.js';
import { GatewayMetrics } from '../../src/gateway/gateway-metrics.js';
import { Quarantine } from '../../src/gateway/quarantine.js';
import { RequestHeaders } from '../../src/gateway/request-headers.js';
import { type Route, route } from '../../src/gateway/route.js';
import { MemoryDesk } from './support/memory-desk.js';
import { TEST_CONFIG } from './support/test-gateway.js';

const LENGTH = { 'content-length': '9' };
const BODY = '{"a":"b"}';
const aTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const echo: Route['handle'] = ({ body }) => jsonAnswer(200, body);
const lateEcho: Route['handle'] = ({ body }) => aTurn().then(() => jsonAnswer(200, body));

describe.each([
  ['that is known at once', echo, LENGTH, [BODY], false],
  ['that is waited for', lateEcho, LENGTH, [BODY], false],
  ['to a body in pieces', echo, LENGTH, ['{"a":', '"b"}'], false],
  ['to a chunked body', echo, { 'transfer-encoding': 'chunked' }, [BODY, ''], false],
  ['to a chunked body in one piece', echo, { 'transfer-encoding': 'chunked' }, [BODY], false],
  ['to a chunked body, later', lateEcho, { 'transfer-encoding': 'chunked' }, [BODY, ''], false],
  ['to a client that is counted', echo, LENGTH, [BODY], true],
  ['with a key', echo, { ...LENGTH, 'idempotency-key': 'k' }, [BODY], false],
] as const)('an answer %s', (_, handle, headers, pieces, isLimited) => {
  it('is one packet, and has what the body said when it was here', async () => {
    const socket = new OwnSocket();
    exchange(socket, { handle, headers, isLimited }).start();
    for (const [index, piece] of pieces.entries()) {
      socket.receive(piece, index === pieces.length - 1);
    }
    for (let turns = 0; turns < 5; turns += 1) await aTurn();
    expect(socket.packets).toBe(1);
    expect(socket.ended).toEqual([BODY]);
  });
});

/** uWebSockets' response, as far as an exchange that is not large needs it. */
class OwnSocket {
  readonly ended: string[] = [];
  /** What is written within a cork goes out together. */
  packets = 0;
  #corks = 0;
  #isHeldBack = false;
  #data: (chunk: ArrayBuffer, isLast: boolean) => void = () => undefined;

  onAborted(): void {}

  onData(data: (chunk: ArrayBuffer, isLast: boolean) => void): void {
    this.#data = data;
  }

  getRemoteAddressAsText(): ArrayBuffer {
    return new TextEncoder().encode('127.0.0.1').buffer;
  }

  cork(work: () => void): void {
    this.#corks += 1;
    work();
    this.#corks -= 1;
    if (this.#corks > 0 || !this.#isHeldBack) return;
    this.packets += 1;
    this.#isHeldBack = false;
  }

  writeStatus(): void {
    this.#write();
  }

  end(body: string): void {
    this.#write();
    this.ended.push(body);
  }

  /** In a callback, which is corked; the bytes are taken back then. */
  receive(piece: string, isLast: boolean): void {
    const chunk = new TextEncoder().encode(piece).buffer;
    this.cork(() => this.#data(chunk, isLast));
    structuredClone(chunk, { transfer: [chunk] });
  }

  #write(): void {
    if (this.#corks === 0) this.packets += 1;
    else this.#isHeldBack = true;
  }
}

interface Asked {
  readonly handle: Route['handle'];
  readonly headers: Readonly<Record<string, string>>;
  readonly isLimited: boolean;
}

function exchange(socket: OwnSocket, { handle, headers, isLimited }: Asked): Exchange {
  const config = TEST_CONFIG;
  const metrics = new GatewayMetrics({ requestsInFlight: () => 0, openConnections: () => 0 });
  const desk = new MemoryDesk();
  const query = desk.query.bind(desk);
  desk.query = (name, ask) => aTurn().then(() => query(name, ask));
  const host = {
    desk,
    config,
    state: { index: 0, isDraining: false, ownMetrics: () => metrics.text() },
    access: new Access(config, '127.0.0.1'),
    admission: new Admission(config),
    cors: new Cors(config),
    quarantine: new Quarantine(),
    rateLimit: { isOn: isLimited, refuse: () => aTurn().then(() => undefined) },
    metrics,
  };
  const operation = { summary: 'Says it again', tags: [], responses: {} };
  const said = route({ method: 'POST', path: '/a', operation, body: z.unknown(), handle });
  const endpoint = endpointOf(said, { isHead: false, config, metrics });
  const sent = new RequestHeaders();
  for (const [name, value] of Object.entries({ ...ALWAYS, ...headers })) sent.add(name, value);
  const path = { method: 'POST', path: '/a', search: '', params: [] };
  // As much of a response, and of a limit, as is asked for.
  return new Exchange(
    host as unknown as ExchangeHost,
    endpoint,
    socket as unknown as HttpResponse,
    { ...path, headers: sent, requestId: 'r' },
  );
}

const ALWAYS = { host: 'localhost', 'content-type': 'application/json' };
