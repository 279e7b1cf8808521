/** The contenders of the feed's benches. */
import { fileURLToPath } from 'node:url';
import { ChangeDriver } from '../../feed/change-driver.mjs';
import { ChildServer, CPU_PROBE } from '../../processes/child-server.mjs';
import { HoldfastServer } from '../../processes/holdfast-server.mjs';

/** @typedef {import('./feed-contender.mjs').Change} Change */
/** @typedef {import('./feed-contender.mjs').FeedContender} FeedContender */
/** @typedef {import('./feed-contender.mjs').FeedJob} FeedJob */
/** @typedef {import('./feed-contender.mjs').Recording} Recording */

/** Of every contender, where it has events. */
export const EVENT_ID = 'feed';
const PATH = `/v1/events/${EVENT_ID}/feed`;

/**
 * The real server, durable, on a fresh data directory.
 *
 * @param {import('../../processes/holdfast-server.mjs').HoldfastOptions} options
 * @returns {FeedContender}
 */
export function holdfastFeed(options) {
  return {
    name: 'Holdfast',
    async start(job) {
      const env = { HOLDFAST_FEED_MS: String(job.gatherMs) };
      const nodeArgs = [...CPU_PROBE, ...(options.nodeArgs ?? [])];
      const server = await HoldfastServer.start({ ...options, nodeArgs, hasChannel: true, env });
      try {
        await server.createEvent({ id: EVENT_ID, totalSeats: job.seats });
      } catch (cause) {
        server.abandon();
        throw cause;
      }
      return {
        process: server.process,
        address: { url: server.process.url, path: PATH, protocol: 'plain' },
        ...drivenChanges(server.process.url, job),
        isTruth: true,
        stop: () => server.stop(),
        abandon: () => server.abandon(),
      };
    },
  };
}

/** @type {FeedContender} */
export const wsFeed = boardFeed('ws', 'ws-server.mjs', 'plain', '/');

/** @type {FeedContender} */
export const socketIoFeed = boardFeed(
  'Socket.IO',
  'socket-io-server.mjs',
  'socket.io',
  '/socket.io/?EIO=4&transport=websocket',
);

/**
 * @param {string} name
 * @param {string} script
 * @param {'plain' | 'socket.io'} protocol
 * @param {string} path
 * @returns {FeedContender}
 */
function boardFeed(name, script, protocol, path) {
  return {
    name,
    async start(job) {
      const args = [...CPU_PROBE, scriptPath(script), String(job.seats), String(job.gatherMs)];
      const server = await ChildServer.start({ args, hasChannel: true });
      return {
        process: server,
        address: { url: server.url, path, protocol },
        ...drivenChanges(server.url, job),
        isTruth: true,
        stop: () => server.stop(),
        abandon: () => server.kill(),
      };
    },
  };
}

/**
 * The limit: raw-publish-server.mjs.
 *
 * @param {() => Recording} recording of Holdfast's frames, at the time of the heat
 * @returns {FeedContender}
 */
export function rawPublish(recording) {
  return {
    name: 'raw publish',
    async start(job) {
      const server = await startRawPublish(emptySnapshot(job.seats));
      const frames = recording();
      return {
        process: server,
        address: { url: server.url, path: PATH, protocol: 'plain' },
        async startChanges() {
          await server.ask({ do: 'play', frames });
        },
        async stopChanges() {
          const { publishedAt } = await server.ask({ do: 'stop' });
          return publishedChanges(frames, publishedAt, job.seatsPerGroup);
        },
        isTruth: false,
        stop: () => server.stop(),
        abandon: () => server.kill(),
      };
    },
  };
}

/** The bare process, which shows `text` to whoever comes. @param {string} text */
export async function startRawPublish(text) {
  const server = await ChildServer.start({
    args: [...CPU_PROBE, scriptPath('raw-publish-server.mjs')],
    hasChannel: true,
  });
  await server.ask({ do: 'show', text });
  return server;
}

/** @param {string} url @param {FeedJob} job */
function drivenChanges(url, job) {
  const driver = new ChangeDriver({ url, eventId: EVENT_ID, ...job });
  return { startChanges: async () => driver.start(), stopChanges: () => driver.stop() };
}

/** As long as Holdfast's. @param {number} seats */
function emptySnapshot(seats) {
  const statuses = Buffer.alloc(Math.ceil(seats / 4)).toString('base64');
  return JSON.stringify({ type: 'snapshot', eventId: EVENT_ID, cursor: 'none', statuses });
}

/**
 * A change is made when its frame is published: nothing is gathered here.
 *
 * @param {Recording} frames
 * @param {readonly number[]} publishedAt
 * @param {number} seatsPerGroup
 * @returns {Change[]}
 */
function publishedChanges(frames, publishedAt, seatsPerGroup) {
  const changesOf = frames.map(({ text }) => {
    /** @type {Array<[number, number]>} */
    const changes = JSON.parse(text).changes;
    return changes.filter(([seat]) => (seat - 1) % seatsPerGroup === 0);
  });
  return publishedAt.flatMap((madeAtMicros, index) =>
    (changesOf[index % changesOf.length] ?? []).map(([seat, code]) => ({
      group: (seat - 1) / seatsPerGroup,
      code,
      askedAtMicros: madeAtMicros,
      madeAtMicros,
    })),
  );
}

/** @param {string} name */
function scriptPath(name) {
  return fileURLToPath(new URL(name, import.meta.url));
}
