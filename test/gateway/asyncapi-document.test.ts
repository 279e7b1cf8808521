import { describe, expect, test } from 'vitest';
import { FEED_MESSAGES } from '../../src/gateway/asyncapi-document.js';
import { parseCommand, ROUTE_OF } from '../../src/gateway/feed/feed-command.js';
import { hallGateway, testGateway } from './support/test-gateway.js';

describe('the AsyncAPI document', () => {
  test('has the feed’s channel with every frame, either way', async () => {
    const gateway = await testGateway();
    const { json } = await gateway.get('/asyncapi.json');
    expect(json.asyncapi).toBe('3.0.0');
    expect(json.channels.feed.address).toBe('/v1/events/{id}/feed');
    const names = ['Snapshot', 'Delta', 'Result', 'Error'];
    const commands = ['Reserve', 'Confirm', 'Cancel', 'Extend', 'Release'];
    expect(Object.keys(json.channels.feed.messages)).toEqual([...names, ...commands]);
    expect(Object.keys(json.components.schemas)).toEqual(
      expect.arrayContaining([...names, ...commands, 'Reservation', 'Problem']),
    );
    const { watch, command } = json.operations;
    expect([watch.action, command.action]).toEqual(['send', 'receive']);
    expect(command.messages).toHaveLength(5);
    expect(Object.keys(json.channels.feed.bindings.ws.query.properties)).toContain('cursor');
  });

  test('points only to what is in it', async () => {
    const gateway = await testGateway();
    const { json, text } = await gateway.get('/asyncapi.json');
    const references = new Set(Array.from(text.matchAll(/"\$ref":"([^"]+)"/g), ([, ref]) => ref));
    expect(references.size).toBeGreaterThan(20);
    for (const reference of references) {
      const [, ...steps] = (reference ?? '').split('/');
      expect([reference, steps.reduce((at, step) => at?.[step], json) !== undefined]).toEqual([
        reference,
        true,
      ]);
    }
  });

  test('shows what is made of the schemas and nothing of what is made of that', async () => {
    const gateway = await testGateway();
    const { schemas } = (await gateway.get('/asyncapi.json')).json.components;
    const [named, best] = schemas.Reserve.anyOf;
    expect(named.required).toEqual(
      expect.arrayContaining(['type', 'requestId', 'userId', 'seatIds']),
    );
    expect(best.properties.quantity).toMatchObject({ type: 'integer', minimum: 1, maximum: 100 });
    expect(schemas.Confirm.required).toContain('reservationId');
    expect(schemas.Confirm.additionalProperties).toBe(false);
  });

  test('is not sent to who has it', async () => {
    const gateway = await testGateway();
    const { headers } = await gateway.get('/asyncapi.json');
    const again = await gateway.get('/asyncapi.json', { 'if-none-match': headers.etag ?? '' });
    expect(again.status).toBe(304);
  });
});

test.each(FEED_MESSAGES)('the example of $name is one', ({ schema, example, from }) => {
  expect(schema.safeParse(example).success).toBe(true);
  if (from === 'server') return;
  const command = parseCommand(Buffer.from(JSON.stringify(example)));
  if (!('type' in command)) throw new Error('it is no command');
  // And its route takes the body that is left.
  expect(ROUTE_OF[command.type].body?.safeParse(command.body).success).toBe(true);
});

test('the page shows every frame, and is found from the API’s', async () => {
  const gateway = await hallGateway();
  expect((await gateway.get('/docs')).text).toContain('href="/docs/feed"');
  const page = await gateway.get('/docs/feed');
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  for (const { name } of FEED_MESSAGES) expect(page.text).toContain(`<h2 id="${name}">`);
  for (const code of ['4404', '1012', '1003', '1008', '1009']) expect(page.text).toContain(code);
  expect(page.text).not.toMatch(/<script|https?:/);
});
