/** What operators and their machines ask: is it alive, is it ready, what has it counted. */
import { z } from 'zod';
import { jsonAnswer } from '../answer.js';
import { METRICS_TYPE } from '../gateway-metrics.js';
import { Problem } from '../problem.js';
import { type RequestContext, type Route, route } from '../route.js';

const RETRY_MS = 1_000;
const TAGS = ['operations'];

const okSchema = z.strictObject({ status: z.literal('ok') });
const OK = { 200: { description: 'Yes', content: { 'application/json': okSchema } } };

const livez = route({
  method: 'GET',
  path: '/livez',
  unlimited: true,
  operation: { summary: 'Is the process alive', tags: TAGS, responses: OK },
  handle: () => jsonAnswer(200, { status: 'ok' }),
});

const readyz = route({
  method: 'GET',
  path: '/readyz',
  unlimited: true,
  operation: {
    summary: 'Should requests be sent here',
    description: 'Not while the server starts, nor when it is shutting down.',
    tags: TAGS,
    responses: OK,
    problems: ['shutting_down', 'shard_restarting'],
  },
  handle: (context) => unready(context) ?? jsonAnswer(200, { status: 'ok' }),
});

const healthSchema = z.strictObject({
  status: z.literal('ok'),
  gateway: z.int().meta({ description: 'Which of the gateways answered.' }),
  events: z.int(),
});

const healthz = route({
  method: 'GET',
  path: '/healthz',
  unlimited: true,
  operation: {
    summary: 'How is the server, for a person',
    tags: TAGS,
    responses: { 200: { description: 'Ready', content: { 'application/json': healthSchema } } },
    problems: ['shutting_down', 'shard_restarting'],
  },
  handle(context) {
    const { desk, gateway } = context;
    const health = { status: 'ok', gateway: gateway.index };
    return unready(context) ?? jsonAnswer(200, { ...health, events: desk.events().length });
  },
});

function unready({ desk, gateway }: RequestContext): Problem | undefined {
  const details = { retryAfterMs: RETRY_MS };
  if (gateway.isDraining)
    return new Problem('shutting_down', 'The server is shutting down.', details);
  if (!desk.isOpen) return new Problem('shard_restarting', 'The server is starting.', details);
  return undefined;
}

/**
 * @param collect the metrics of all threads, in Prometheus' text format; absent: those of the
 * gateway that is asked.
 */
export function operationsRoutes(collect: (() => Promise<string>) | undefined): readonly Route[] {
  const metrics = route({
    method: 'GET',
    path: '/metrics',
    unlimited: true,
    operation: {
      summary: 'Metrics for Prometheus',
      tags: TAGS,
      responses: { 200: { description: 'Text format', content: { 'text/plain': z.string() } } },
    },
    async handle({ gateway }) {
      const body = await (collect === undefined ? gateway.ownMetrics() : collect());
      return { status: 200, body, contentType: METRICS_TYPE };
    },
  });
  return [livez, readyz, healthz, metrics];
}
