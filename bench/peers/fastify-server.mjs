/**
 * A seat-reservation server as many would build it: Fastify, bodies checked and answers written by schema, on the seat store that its argument
 * names. One process, no logging.
 */
import Fastify from 'fastify';
import { SeatService } from './seat-service.mjs';
import { openSeatStore } from './seat-store.mjs';

const TEXT = { type: 'string', minLength: 1, maxLength: 128 };
const SEAT_IDS = { type: 'array', items: TEXT, minItems: 1, maxItems: 100 };

const RESERVATION = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    eventId: { type: 'string' },
    userId: { type: 'string' },
    seatIds: { type: 'array', items: { type: 'string' } },
    status: { type: 'string' },
    createdAt: { type: 'string' },
    expiresAt: { type: 'string' },
    confirmedAt: { type: 'string' },
    cancelledAt: { type: 'string' },
  },
};

const PROBLEM = {
  type: 'object',
  properties: {
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string' },
  },
};

const RESPONSES = { '2xx': RESERVATION, '4xx': PROBLEM };

const RESERVE = {
  body: {
    type: 'object',
    required: ['userId'],
    properties: {
      userId: TEXT,
      seatIds: SEAT_IDS,
      quantity: { type: 'integer', minimum: 1, maximum: 100 },
    },
    oneOf: [{ required: ['seatIds'] }, { required: ['quantity'] }],
  },
  response: RESPONSES,
};

const MOVE = {
  body: { type: 'object', required: ['userId'], properties: { userId: TEXT } },
  response: RESPONSES,
};

/** @type {import('./seat-store.mjs').PeerOptions} */
const options = JSON.parse(process.argv[2] ?? '');
const service = new SeatService(await openSeatStore(options), options);
const app = Fastify({ logger: false });

app.post('/v1/events/:eventId/reservations', { schema: RESERVE }, async (request, reply) => {
  const { status, body } = await service.reserve(request.params.eventId, request.body);
  return reply.code(status).send(body);
});
app.post('/v1/reservations/:id/confirm', { schema: MOVE }, async (request, reply) => {
  const { status, body } = await service.confirm(request.params.id, request.body);
  return reply.code(status).send(body);
});
app.post('/v1/reservations/:id/cancel', { schema: MOVE }, async (request, reply) => {
  const { status, body } = await service.cancel(request.params.id, request.body);
  return reply.code(status).send(body);
});
app.get('/bench/answered', async () => service.answered);
app.get('/bench/taken', async () => ({ taken: await service.taken() }));

process.on('SIGTERM', async () => {
  await app.close();
  await service.close();
  process.exit(0);
});

const url = await app.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`Fastify ready on ${url}\n`);
