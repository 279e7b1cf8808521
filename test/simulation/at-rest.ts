/**
 * What must hold where nothing is under way and nothing is overdue: shards, desks, store and log say the same of every seat,
 * and so does a shard that is rebuilt from the store (I6, I7); every seat has one owner (I1); and the store's own judge finds
 * nothing (I2, I4).
 */
import type { EventId, SeatNumber } from '../../src/domain/ids.js';
import { publicCode, SEAT_STATE } from '../../src/domain/seat-table.js';
import { Shard } from '../../src/shard/shard.js';
import { verifyRows } from '../../src/store/verify.js';
import type { World } from './world.js';

export function checkAtRest(world: World): void {
  const living = [...(world.crew?.shards.entries() ?? [])].sort(([a], [b]) => a - b);
  const shards = living.map(([, { shard }]) => shard);
  const rebuilt = living.map(([index]) => rebuild(world, index));
  for (const eventId of world.history.events) {
    const event = world.desk().event(eventId);
    if (event === undefined) continue;
    for (let seat = 1; seat <= event.plan.totalSeats; seat += 1)
      checkSeat(world, { shards, rebuilt, eventId, seat });
  }
  checkHolds(world, shards, rebuilt);
}

/** The store, over all its rows. */
export function checkStore(world: World): void {
  const { breaches } = verifyRows(world.disk);
  if (breaches.length > 0) throw new Error(`verify: ${breaches.slice(0, 3).join('; ')}`);
}

interface Place {
  readonly shards: readonly Shard[];
  readonly rebuilt: readonly Shard[];
  readonly eventId: EventId;
  readonly seat: SeatNumber;
}

function checkSeat(world: World, { shards, rebuilt, eventId, seat }: Place): void {
  const { now } = world;
  const live = codesOf(shards, eventId, seat, now);
  const fresh = codesOf(rebuilt, eventId, seat, now);
  if (live.length > 1) throw new Error(`I1: seat ${seat} of ${eventId} has ${live.length} owners`);
  const known = world.history.seat(eventId, seat);
  const logged = known.code === 1 && now >= known.expiresAt ? 0 : known.code;
  const shown = world.desks.map(({ desk }) => desk.event(eventId)?.statusAt(seat, now));
  // A shard that has not met the event yet knows no seats of it.
  const all = [...live, ...fresh, ...shown];
  if (all.some((code) => code !== logged))
    throw new Error(
      `I6: seat ${seat} of ${eventId}: log ${logged}, shard ${live.join()}, rebuilt ${fresh.join()}, desks ${shown.join()}`,
    );
}

/** Of the owner, or of whoever believes that they are. */
function codesOf(
  shards: readonly Shard[],
  eventId: EventId,
  seat: SeatNumber,
  now: number,
): number[] {
  return shards.flatMap(({ state }) => {
    const event = state.events.get(eventId);
    if (event === undefined || !state.isMine(event, seat)) return [];
    const code = event.stateOf(seat);
    const holder = event.holderOf(seat);
    if (code !== SEAT_STATE.own && code !== SEAT_STATE.delegated) return [publicCode(code)];
    return [holder !== undefined && now >= holder.expiresAt ? 0 : 1];
  });
}

/** Every hold that the log has is at its home, and no other. */
function checkHolds(world: World, shards: readonly Shard[], rebuilt: readonly Shard[]): void {
  const list = (all: readonly Shard[]) =>
    all
      .flatMap(({ state }) => [...state.holds.values()])
      .map(({ record }) => `${record.id} ${record.seats.join(' ')} ${record.expiresAt}`)
      .sort()
      .join('\n');
  const logged = world.history
    .live()
    .map(({ id, seats, expiresAt }) => `${id} ${seats.join(' ')} ${expiresAt}`)
    .sort()
    .join('\n');
  if (list(shards) !== logged || list(rebuilt) !== logged)
    throw new Error(
      `I6: the log has\n${logged}\nthe shards\n${list(shards)}\nrebuilt\n${list(rebuilt)}`,
    );
}

function rebuild(world: World, index: number): Shard {
  const outlets = { store: { stage: () => {}, load: () => {} }, answer: () => {}, tell: () => {} };
  const { shardCount, clock } = world;
  const limits = world.limits.shard;
  const shard = new Shard({ index, shardCount, clock, limits, outlets, wantsTurn: () => {} });
  for (const part of world.store.snapshot()) shard.restore(part);
  return shard;
}
