import { describe, expect, it } from 'vitest';
import { jsonAnswer } from '../../src/gateway/answer.js';
import type { Endpoint } from '../../src/gateway/endpoint.js';
import type { ExchangeHost } from '../../src/gateway/exchange.js';
import { Problem } from '../../src/gateway/problem.js';
import { RequestHeaders } from '../../src/gateway/request-headers.js';
import { type Route, route } from '../../src/gateway/route.js';
import { callRoute } from '../../src/gateway/route-call.js';
import { ServerFault } from '../../src/lib/server-fault.js';

const fault = new ServerFault('the disk is gone', { code: 'storage_failed', hint: 'look at it' });
const bug = new Error('no such luck');

describe('a route is called', () => {
  it('and what its handler knows at once is answered at once', () => {
    expect(called(() => jsonAnswer(200, 'yes'))).toMatchObject({ status: 200 });
    expect(called(() => new Problem('sold_out', 'None is left.'))).toMatchObject({ status: 409 });
  });

  it('and what its handler waits for is waited for', async () => {
    expect(await called(async () => jsonAnswer(200, 'yes'))).toMatchObject({ status: 200 });
    const late = called(async () => new Problem('sold_out', 'None is left.'));
    expect(await late).toMatchObject({ status: 409 });
  });

  it.each([
    ['at once', () => throwing(fault)],
    ['later', async () => throwing(fault)],
  ])('and a fault of the server that is met %s is a 503', async (_, handle) => {
    expect(await called(handle)).toMatchObject({ status: 503 });
  });

  it.each([
    ['at once', () => throwing(bug)],
    ['later', async () => throwing(bug)],
  ])('and a bug that shows %s rejects: it is never thrown at who calls', async (_, handle) => {
    const answer = called(handle);
    await expect(answer).rejects.toBe(bug);
  });
});

function throwing(cause: Error): never {
  throw cause;
}

function called(handle: Route['handle']): ReturnType<typeof callRoute> {
  const operation = { summary: 'A route', tags: [], responses: {} };
  const endpoint = { route: route({ method: 'POST', path: '/a', operation, handle }) };
  const arrival = {
    method: 'POST',
    path: '/a',
    search: '',
    headers: new RequestHeaders(),
    params: [],
    requestId: 'r',
  };
  const host = { metrics: { countConflict: () => undefined } };
  // All that such a call looks at.
  const call = { endpoint: endpoint as unknown as Endpoint, arrival, isAdmin: false };
  return callRoute(host as unknown as ExchangeHost, call, Buffer.alloc(0));
}
