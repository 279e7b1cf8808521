/** Faults in what shards do together: claims, homes, allowances, restarts (I1, I2, I4, I6). */
import { linearizability, simulation, testsOf } from '../catcher.js';
import type { Edit, Mutation } from '../mutation.js';

/** An owner that has not heard of a claim for a while frees its seats, in place of asking the home. */
const FREES_BY_ITSELF: Edit = {
  file: 'src/shard/shard.ts',
  find: 'if (this.state.claims.get(claim.reservationId) === claim) askHome(this, claim);',
  replace: `if (this.state.claims.get(claim.reservationId) !== claim) continue;
      if (claim.home === this.state.index) askHome(this, claim);
      else withdrawClaim(this, claim.reservationId);`,
};

/** The store takes every fact's word for what a seat was. */
const NO_GUARD: Edit = {
  file: 'src/store/seat-guard.ts',
  find: 'if (!isExpected(fact, before)) {',
  replace: 'if (!isExpected(fact, before) && rows === undefined) {',
};

export const CLAIMS: readonly Mutation[] = [
  {
    name: 'claim-freed-early',
    breaks: 'an owner never frees a claimed seat by itself: it asks the home',
    edits: [FREES_BY_ITSELF],
    catchers: [simulation()],
    isInCi: true,
  },
  {
    name: 'claim-freed-early-unguarded',
    breaks: 'the same, and the last line, the store’s own watch over I2, is gone too',
    edits: [FREES_BY_ITSELF, NO_GUARD],
    catchers: [simulation()],
  },
  {
    name: 'claim-unburied',
    breaks: 'a claim that its home has disowned is refused when it comes late',
    edits: [
      {
        file: 'src/shard/claiming.ts',
        find: 'core.state.bury(reservationId, core.elapsed());',
        replace: '',
      },
    ],
    catchers: [testsOf('test/shard/peers.test.ts')],
  },
  {
    name: 'claim-reopened',
    breaks: 'what was claimed of a shard that died is not opened',
    edits: [
      {
        file: 'src/desk/spread-reservation.ts',
        find: 'for (const underWay of involved) underWay.isAborted = true;',
        replace: '',
      },
    ],
    catchers: [testsOf('test/desk/spread-reservation.test.ts')],
  },
  {
    name: 'claim-left-behind',
    breaks:
      'who is refused has left no claim behind, which another gateway’s client might be refused for',
    edits: [
      {
        file: 'src/desk/spread-reservation.ts',
        find: '      await this.#withdraw(spread);\n      return refusal(spread, answers);',
        replace: '      void this.#withdraw(spread);\n      return refusal(spread, answers);',
      },
    ],
    catchers: [testsOf('test/desk/spread-reservation.test.ts')],
  },
  {
    name: 'claim-by-wall-clock',
    breaks: 'homes are asked about claims after a while, though the clock be set back meanwhile',
    edits: [
      {
        file: 'src/shard/shard.ts',
        find: '    return this.#clock.elapsed();',
        replace: '    return this.#clock.now();',
      },
    ],
    catchers: [testsOf('test/shard/peers.test.ts')],
  },
  {
    name: 'group-halved',
    breaks: 'the seats of a reservation are written together: here only those of its home',
    edits: [
      {
        file: 'src/shard/claiming.ts',
        find: 'const { reservationId, seats } = command;',
        replace: 'const { reservationId } = command;\n  const { seats } = claim;',
      },
    ],
    catchers: [linearizability, testsOf('test/shard/peers.test.ts')],
  },
  {
    name: 'group-half-told',
    breaks: 'every owner hears how a reservation ended: here of its first two seats only',
    edits: [
      {
        file: 'src/shard/shard-core.ts',
        find: 'for (const [owner, seats] of foreignSeats(core, event, fact.seats)) {',
        replace:
          'for (const [owner, seats] of foreignSeats(core, event, fact.seats.slice(0, 2))) {',
      },
    ],
    catchers: [simulation()],
  },
  {
    name: 'home-mistaken',
    breaks:
      'a seat has one owner, the same for all who ask: after a restart a shard takes its neighbour’s',
    edits: [
      {
        file: 'src/shard/restoring.ts',
        find: 'const home = shardOf(homeKeyOf(record.id), state.shardCount);',
        replace: 'const home = event.ownerOf(record.seats[0] ?? 1, state.shardCount);',
      },
    ],
    catchers: [simulation(200)],
  },
  {
    name: 'owner-of-that-day',
    breaks:
      'nothing on disk depends on the number of shards: here the id names the shard of its day',
    edits: [
      {
        file: 'src/desk/reservations.ts',
        find: "reservationId: this.newId('rsv', homeKey),",
        replace: "reservationId: this.newId('rsv', shardOf(homeKey, this.#options.shardCount)),",
      },
      {
        file: 'src/shard/restoring.ts',
        find: 'const home = shardOf(homeKeyOf(record.id), state.shardCount);',
        replace: 'const home = event.ownerOf(record.seats[0] ?? 1, state.shardCount);',
      },
    ],
    catchers: [simulation()],
  },
  {
    name: 'allowance-stale',
    breaks:
      'a grant that is settled while the store is being read counts until the reading was used',
    edits: [
      {
        file: 'src/shard/allowances.ts',
        find: 'if (account.isBeingRead) {',
        replace: 'if (account.isBeingRead && account.granted.size === 0) {',
      },
    ],
    catchers: [testsOf('test/shard/allowances.test.ts')],
  },
  {
    name: 'allowance-ungranted',
    breaks: 'what was granted and is not in the store yet counts against the user’s limit',
    edits: [
      {
        file: 'src/shard/taking.ts',
        find: 'core.state.allowances.grantedBeside(key, shown);',
        replace: '0 * core.state.allowances.grantedBeside(key, shown);',
      },
    ],
    catchers: [simulation()],
  },
  {
    name: 'restart-unheeded',
    breaks: 'when a home has started anew, owners ask for what it may have forgotten to say',
    edits: [
      {
        file: 'src/shard/shard.ts',
        find: '    catchUpAfterRestart(this, shard);\n',
        replace: '    if (shard < 0) catchUpAfterRestart(this, shard);\n',
      },
    ],
    catchers: [testsOf('test/shard/peers.test.ts')],
  },
];
