/** Faults in what readers and viewers are shown: the desks' replicas and the live feed (I7, I8). */
import { simulation, testsOf } from '../catcher.js';
import type { Mutation } from '../mutation.js';

export const VIEWS: readonly Mutation[] = [
  {
    name: 'replica-misses-fact',
    breaks: 'a replica takes in every fact: here no extension',
    edits: [
      {
        file: 'src/desk/event-replica.ts',
        find: '      this.#hold(fact.seats, fact.expiresAt, fact.userId);\n    else for',
        replace:
          "      this.#hold(fact.type === 'reservation.reserved' ? fact.seats : [], fact.expiresAt, fact.userId);\n    else for",
      },
    ],
    catchers: [simulation()],
    isInCi: true,
  },
  {
    name: 'replica-untold',
    breaks: 'every desk is told what was committed: here the first alone',
    edits: [
      {
        file: 'src/threads/group-commit.ts',
        find: 'for (const desk of this.#desks) desk.tellFacts(first, wire);',
        replace: 'for (const desk of this.#desks.slice(0, 1)) desk.tellFacts(first, wire);',
      },
    ],
    catchers: [simulation()],
  },
  {
    name: 'replica-counts-lapsed-twice',
    breaks: 'a seat that lapsed is counted once: as available, and no more as reserved (I7)',
    edits: [
      {
        file: 'src/desk/shown-seats.ts',
        find: '    this.#show(seat, SEAT_CODE.available);\n    this.#lapsed.push(seat);',
        replace: '    this.#counts[SEAT_CODE.available] += 1;\n    this.#lapsed.push(seat);',
      },
    ],
    catchers: [simulation(), testsOf('test/desk/event-replica.test.ts')],
  },
  {
    name: 'replica-cursor-stays',
    breaks:
      'a cursor names the latest deadline that has passed without its fact: here also of one whose fact is there',
    edits: [
      {
        file: 'src/desk/shown-seats.ts',
        find: 'if (this.deadlineOf(seat) === this.#latest) this.#isLatestKnown = false;',
        replace: '',
      },
    ],
    catchers: [testsOf('test/desk/event-replica.test.ts')],
  },
  {
    name: 'replica-boundary',
    breaks: 'a reader sees a seat as available from its deadline on',
    edits: [
      {
        file: 'src/desk/shown-seats.ts',
        find: 'return now < this.deadlineOf(seat) ? ',
        replace: 'return now <= this.deadlineOf(seat) ? ',
      },
    ],
    catchers: [simulation(), testsOf('test/desk/life-of-a-hold.test.ts')],
  },
  {
    name: 'feed-loses-delta',
    breaks: 'every seat that a fact has moved is told to the viewers: here not the last of several',
    edits: [
      {
        file: 'src/desk/seat-watch.ts',
        find: '    this.#recent.add(sequence, seats);\n    this.touched(seats);',
        replace:
          '    this.#recent.add(sequence, seats);\n    this.touched(seats.length > 1 ? seats.slice(0, -1) : seats);',
      },
    ],
    catchers: [simulation(), testsOf('test/gateway/feed/feed-simulation.test.ts')],
    isInCi: true,
  },
  {
    name: 'feed-forgets-lapsed',
    breaks: 'who comes back is told of the holds that ran out meanwhile, though no fact says so',
    edits: [
      {
        file: 'src/desk/seat-watch.ts',
        find: 'for (const seat of this.#seats.lapsedSeats(lapsedForBoth)) seats.add(seat);',
        replace: 'this.#seats.lapsedSeats(lapsedForBoth);',
      },
    ],
    catchers: [simulation(), testsOf('test/desk/seat-watch.test.ts')],
  },
  {
    name: 'feed-other-incarnation',
    breaks:
      'a cursor of another incarnation of the store is none: its numbers were given out again',
    edits: [
      {
        file: 'src/desk/seat-watch.ts',
        find: 'return cursor.history === this.#cursor.history;',
        replace: 'return cursor.history >= 0;',
      },
    ],
    catchers: [testsOf('test/gateway/feed/feed-viewing.test.ts')],
  },
  {
    name: 'feed-goes-back',
    breaks: 'a viewer is not brought to a gateway’s past: it waits until the gateway is as far on',
    edits: [
      {
        file: 'src/desk/seat-watch.ts',
        find: 'cursor.sequence <= Math.max(through, this.#cursor.sequence) &&',
        replace: 'cursor.sequence <= Math.max(through, Number.POSITIVE_INFINITY) &&',
      },
    ],
    catchers: [testsOf('test/desk/seat-watch.test.ts')],
  },
  {
    name: 'wire-drops-field',
    breaks: 'a record is on the other side of a port what it was on this one',
    edits: [
      {
        file: 'src/threads/wire/record-wire.ts',
        find: 'writer.put(record.extensions);',
        replace: 'writer.put(0);',
      },
    ],
    catchers: [simulation(), testsOf('test/threads/wire.test.ts')],
  },
  {
    name: 'deadline-by-desk',
    breaks: 'a hold begins on the clock of its home: here when the desk has thought of it',
    edits: [
      {
        file: 'src/shard/claiming.ts',
        find: '    reservedFact(core, { reservationId, eventId, seats, ...wish }, event.event.holdMs),\n',
        replace:
          '    { ...reservedFact(core, { reservationId, eventId, seats, ...wish }, event.event.holdMs), expiresAt: claim.expiresAt },\n',
      },
    ],
    catchers: [simulation(200)],
  },
];
