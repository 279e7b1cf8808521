/**
 * Seats in Redis: one is taken when its key exists, and `SET … NX EX` takes it, so Redis itself ends the hold. Groups, confirmations
 * and the best available seat are Lua scripts, which Redis runs one at a time. One connection on a Unix socket; what is asked in one turn
 * of the event loop goes out together (ioredis's auto-pipelining), and Redis syncs its file once for all that arrived together.
 */
import Redis from 'ioredis';

const SCAN_COUNT = 10_000;

const RESERVE_ALL = `
for _, key in ipairs(KEYS) do
  if redis.call('EXISTS', key) == 1 then return 0 end
end
for _, key in ipairs(KEYS) do redis.call('SET', key, ARGV[1], 'EX', ARGV[2]) end
return 1`;

const CONFIRM_ALL = `
for _, key in ipairs(KEYS) do
  if redis.call('GET', key) ~= ARGV[1] then return 0 end
end
for _, key in ipairs(KEYS) do redis.call('SET', key, 'booked:' .. ARGV[1]) end
return 1`;

const CANCEL_ALL = `
for _, key in ipairs(KEYS) do
  if redis.call('GET', key) ~= ARGV[1] then return 0 end
end
redis.call('DEL', unpack(KEYS))
return 1`;

/**
 * KEYS: the free seats, and the seats held this way by the end of the hold, both of one event. First those that are over are put back.
 * A seat that was taken by its number meanwhile is passed over.
 */
const RESERVE_BEST = `
local time = redis.call('TIME')
for _, seat in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', time[1], 'LIMIT', 0, 100)) do
  redis.call('ZREM', KEYS[2], seat)
  if redis.call('EXISTS', ARGV[3] .. seat) == 0 then redis.call('ZADD', KEYS[1], seat, seat) end
end
while true do
  local seat = redis.call('ZPOPMIN', KEYS[1])[1]
  if not seat then return nil end
  if redis.call('SET', ARGV[3] .. seat, ARGV[1], 'NX', 'EX', ARGV[2]) then
    redis.call('ZADD', KEYS[2], time[1] + ARGV[2], seat)
    return tonumber(seat)
  end
end`;

/** @param {import('./seat-store.mjs').PeerOptions} options @returns {Promise<import('./seat-store.mjs').SeatStore>} */
export async function openRedisStore(options) {
  const { socket, holdSeconds, picksBest } = options;
  const redis = new Redis({
    path: socket,
    enableAutoPipelining: true,
    scripts: {
      reserveAll: { lua: RESERVE_ALL },
      confirmAll: { lua: CONFIRM_ALL },
      cancelAll: { lua: CANCEL_ALL },
      reserveBest: { lua: RESERVE_BEST, numberOfKeys: 2 },
    },
  });
  if (picksBest) await furnish(redis, options);
  const seatKey = (/** @type {number} */ event) => (/** @type {number} */ seat) =>
    `seat:${event}:${seat}`;
  return {
    async reserve(event, seats, user, token) {
      const keys = seats.map(seatKey(event));
      const holder = `${token}:${user}`;
      if (keys.length > 1) {
        return (await redis.reserveAll(keys.length, ...keys, holder, holdSeconds)) === 1;
      }
      return (await redis.set(keys[0] ?? '', holder, 'EX', holdSeconds, 'NX')) !== null;
    },
    async reserveBest(event, user, token) {
      const holder = `${token}:${user}`;
      const sets = [`free:${event}`, `holds:${event}`];
      return (await redis.reserveBest(...sets, holder, holdSeconds, `seat:${event}:`)) ?? undefined;
    },
    async confirm(event, seats, user, token) {
      const keys = seats.map(seatKey(event));
      return (await redis.confirmAll(keys.length, ...keys, `${token}:${user}`)) === 1;
    },
    async cancel(event, seats, user, token) {
      const keys = seats.map(seatKey(event));
      return (await redis.cancelAll(keys.length, ...keys, `${token}:${user}`)) === 1;
    },
    async taken() {
      let count = 0;
      for await (const keys of redis.scanStream({ match: 'seat:*', count: SCAN_COUNT })) {
        count += keys.length;
      }
      return count;
    },
    async close() {
      await redis.quit();
    },
  };
}

/**
 * Free seats need no keys, but for the best one to be found.
 *
 * @param {Redis} redis
 * @param {import('./seat-store.mjs').PeerOptions} options
 */
async function furnish(redis, { eventCount, seatsPerEvent }) {
  for (let event = 0; event < eventCount; event += 1) {
    for (let first = 1; first <= seatsPerEvent; first += SCAN_COUNT) {
      const count = Math.min(SCAN_COUNT, seatsPerEvent - first + 1);
      const seats = Array.from({ length: count }, (_, index) => [first + index, first + index]);
      await redis.zadd(`free:${event}`, ...seats.flat());
    }
  }
}
