/** Faults in how a hold begins, runs and ends (I4, I5). */
import { linearizability, simulation, testsOf } from '../catcher.js';
import type { Edit, Mutation } from '../mutation.js';

/** When a timer has fired, the hold is over: nobody looks whether its deadline has come. */
const DEADLINE_UNREAD: readonly Edit[] = [
  {
    file: 'src/shard/reservation-turn.ts',
    find: 'decide(core, parked, command, endIfOverdue(core, hold));',
    replace: 'decide(core, parked, command, hold.record);',
  },
  {
    file: 'src/shard/shard-core.ts',
    find: '  if (!isOverdue(hold.record, core.now())) return hold.record;\n',
    replace: '',
  },
];

export const HOLDS: readonly Mutation[] = [
  {
    name: 'hold-boundary',
    breaks: 'a hold is over at its deadline: off by one, the millisecond itself is still sold',
    edits: [
      {
        file: 'src/domain/reservation.ts',
        find: "return record.status === 'reserved' && now >= record.expiresAt;",
        replace: "return record.status === 'reserved' && now > record.expiresAt;",
      },
    ],
    catchers: [simulation(), testsOf('test/domain/reservation.test.ts')],
    isInCi: true,
  },
  {
    name: 'hold-boundary-of-seats',
    breaks: 'a seat may be taken from the deadline on: the shard waits a millisecond more',
    edits: [
      {
        file: 'src/domain/decide-taking.ts',
        find: 'if (holder === undefined || now < holder.expiresAt)',
        replace: 'if (holder === undefined || now <= holder.expiresAt)',
      },
    ],
    catchers: [testsOf('test/shard/shard.test.ts')],
  },
  {
    name: 'expiry-unchecked',
    breaks: 'a command looks at the deadline itself, whether or not a timer has fired',
    edits: [
      {
        file: 'src/shard/reservation-turn.ts',
        find: 'decide(core, parked, command, endIfOverdue(core, hold));',
        replace: 'decide(core, parked, command, hold.record);',
      },
    ],
    catchers: [simulation()],
    isInCi: true,
  },
  {
    name: 'timer-early',
    breaks:
      'no seat is shown as free before its deadline: the replicas’ timers are a millisecond early',
    edits: [
      {
        file: 'src/desk/seat-deadlines.ts',
        find: 'this.#wheel?.advance(now, (slot) => {',
        replace: 'this.#wheel?.advance(now + 1, (slot) => {',
      },
    ],
    catchers: [testsOf('test/desk/seat-watch.test.ts')],
  },
  {
    name: 'timer-early-unguarded',
    breaks:
      'no hold ends before its deadline: the shards’ timers are early, and nobody looks at the deadline',
    edits: [
      {
        file: 'src/shard/hold-clock.ts',
        find: 'this.#wheel.advance(now, fire, countMax);',
        replace: 'this.#wheel.advance(now + 1, fire, countMax);',
      },
      ...DEADLINE_UNREAD,
    ],
    catchers: [simulation()],
  },
  {
    name: 'timer-lost',
    breaks: 'what a turn has no room for is written down in the next: here it waits for ever',
    edits: [
      {
        file: 'src/lib/timing-wheel.ts',
        find: '    room = this.#fireBucket(this.#standing, now, fire, room);\n    while',
        replace: '    while',
      },
    ],
    catchers: [
      testsOf('test/lib/timing-wheel.test.ts'),
      testsOf('test/shard/shard.test.ts', 'a bounded number'),
    ],
  },
  {
    name: 'timer-not-moved',
    breaks: 'an extension sets the timer anew: here the old one stays, and ends the hold early',
    edits: [
      {
        file: 'src/shard/shard-state.ts',
        find: `    this.#stopTimer(hold);
    hold.slot = this.holdClock.schedule(record.expiresAt, hold);`,
        replace: '',
      },
      ...DEADLINE_UNREAD,
    ],
    catchers: [simulation()],
  },
  {
    name: 'extension-unlimited',
    breaks: 'a hold is extended twice at most, and not past three hold times',
    edits: [
      {
        file: 'src/domain/decide-reservation.ts',
        find: 'if (record.extensions >= EXTENSIONS_MAX) {',
        replace: 'if (record.extensions >= Number.POSITIVE_INFINITY) {',
      },
      {
        file: 'src/domain/decide-reservation.ts',
        find: 'if (expiresAt > record.createdAt + HOLD_TIMES_MAX * record.holdMs) {',
        replace: 'if (expiresAt > Number.POSITIVE_INFINITY) {',
      },
    ],
    catchers: [linearizability, testsOf('test/domain/reservation.test.ts')],
  },
  {
    name: 'release-forgotten',
    breaks: 'seats that are given up are free: the shard keeps them, the store does not',
    edits: [
      {
        file: 'src/shard/shard-state.ts',
        find: `      event.clearHolder(seat);
      this.move(event, seat, message);
    }
    if (hold === undefined) return;`,
        replace: `      if (fact.type === 'reservation.released') continue;
      event.clearHolder(seat);
      this.move(event, seat, message);
    }
    if (hold === undefined) return;`,
      },
    ],
    catchers: [simulation(200)],
    isInCi: true,
  },
  {
    name: 'last-seat-released',
    breaks: 'the last seat that is given up ends the reservation: here it lives on without a seat',
    edits: [
      {
        file: 'src/domain/decide-reservation.ts',
        find: "if (seats.length === held.size) return moved(record, 'reservation.cancelled', now);",
        replace: '',
      },
    ],
    catchers: [simulation(), testsOf('test/domain/reservation.test.ts')],
  },
  {
    name: 'holder-unchecked',
    breaks: 'a reservation is moved by its holder only',
    edits: [
      {
        file: 'src/domain/decide-reservation.ts',
        find: "if (command.type !== 'reservation.refund' && command.userId !== record.userId) {",
        replace: "if (command.type === 'reservation.extend' && command.userId !== record.userId) {",
      },
    ],
    catchers: [testsOf('test/domain/reservation.test.ts')],
  },
];
