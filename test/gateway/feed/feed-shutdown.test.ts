import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { hallGateway } from '../support/test-gateway.js';
import { openFeed } from './support/feed-client.js';
import { upgradeText } from './support/raw-upgrade.js';

const SENT_AWAY = { code: 1012, reason: '{"code":"shutting_down","retryAfterMs":1000}' };

test('viewers are sent away with a hint, each when its commands are answered', async () => {
  const gateway = await hallGateway();
  const [idle, busy] = [await openFeed(gateway.port, 'hall'), await openFeed(gateway.port, 'hall')];
  await Promise.all([idle.one(), busy.one()]);
  let open = (): void => {};
  gateway.desk.gate = new Promise((resolve) => {
    open = resolve;
  });
  const answer = busy.command({ type: 'reserve', userId: 'ann', seatIds: ['A1'] });
  while (!(await gateway.get('/metrics')).text.includes('requests_in_flight 1\n'));

  let isDrained = false;
  const drained = gateway.running.drain().then(() => {
    isDrained = true;
  });
  expect(await idle.ended).toEqual(SENT_AWAY);
  const late = await busy.command({ type: 'reserve', userId: 'ann', seatIds: ['A2'] });
  expect(late).toMatchObject({ status: 503, body: { code: 'shutting_down', retryAfterMs: 1_000 } });
  expect(isDrained).toBe(false);
  open();
  expect((await answer).status).toBe(201);
  expect(await busy.ended).toEqual(SENT_AWAY);
  await drained;
});

test('nobody is let in any more over a connection that is still open', async () => {
  const gateway = await hallGateway();
  const [text, heard] = await keptOpen(gateway.port);
  const busy = await openFeed(gateway.port, 'hall');
  let open = (): void => {};
  gateway.desk.gate = new Promise((resolve) => {
    open = resolve;
  });
  const answer = busy.command({ type: 'reserve', userId: 'ann', seatIds: ['A1'] });
  while (!(await gateway.get('/metrics')).text.includes('requests_in_flight 1\n'));
  const drained = gateway.running.drain();
  expect(await heard(upgradeText())).toMatch(/^HTTP\/1\.1 503 [\s\S]*"code":"shutting_down"/);
  expect(text).toMatch(/^HTTP\/1\.1 200 /);
  open();
  expect((await answer).status).toBe(201);
  await drained;
});

/** A connection that has been answered once: what came then, and how to ask again. */
async function keptOpen(port: number): Promise<[string, (ask: string) => Promise<string>]> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  const heard = async (ask: string): Promise<string> => {
    socket.write(ask);
    const [data]: Buffer[] = await once(socket, 'data');
    return String(data);
  };
  return [await heard('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n'), heard];
}

test('a gateway that is closed at once says so to its viewers', async () => {
  const gateway = await hallGateway();
  const viewer = await openFeed(gateway.port, 'hall');
  await viewer.one();
  gateway.running.close();
  expect(await viewer.ended).toEqual(SENT_AWAY);
});
