/**
 * SIGSTOP under load: the server stands still while time goes on. When it goes on, the holds that ran out meanwhile are over,
 * the others are not, and nobody has a seat that is another's.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { verify } from '../../src/store/verify.js';
import { brokenBuild } from '../support/broken-build.js';
import { figureLine } from '../support/figure-line.js';
import { countParameter } from '../support/test-parameters.js';
import { DEADLINES_NOT_READ } from './support/breakages.js';
import { Gala } from './support/gala.js';
import { holdEach, notKept, notOver, seatsFrom } from './support/holder.js';

const PAUSE_SECONDS = countParameter('PAUSE_SECONDS', 3);
/** Holds of each kind at the pause; seats from here on are nobody else's. */
const HOLDS = 100;
const SEATS = 2_000;
const FIRST_OWN_SEAT = SEATS - 2 * HOLDS + 1;
/** Runs out while the server stands still, and goes on long after. */
const SHORT_SECONDS = 1;
const LONG_SECONDS = 3_600;
const LOAD_BEFORE = 100;
const LOAD_AFTER = 2;

describe('a server that stood still', () => {
  it(`goes on as time has: ${PAUSE_SECONDS} s`, {
    timeout: 60_000 + PAUSE_SECONDS * 4_000,
  }, async () => {
    const { gala, lapsed, kept, faults, acknowledged, postponed } = await course('dist');
    expect(faults).toEqual([]);
    // Again: time has not been lost.
    const crowd = gala.crowd({ name: 'after-', wish: someSeats(gala) });
    await crowd.run(gala.users, LOAD_AFTER);
    expect(crowd.surprises).toEqual([]);
    expect(await gala.faults()).toEqual([]);
    expect(await gala.server.stop()).toEqual({ code: 0, signal: null });
    expect((await verify(gala.dataDir)).breaches).toEqual([]);
    figureLine('pause', {
      seconds: PAUSE_SECONDS,
      acknowledged: acknowledged + crowd.acknowledged,
      'put off': postponed,
      'lapsed holds over': `${lapsed} of ${HOLDS}`,
      'running holds kept': `${kept} of ${HOLDS}`,
      lost: 0,
    });
  });

  it('control: holds that do not end by their deadline are caught', {
    timeout: 90_000,
  }, async () => {
    const { faults } = await course(brokenBuild(DEADLINES_NOT_READ));
    expect(faults.join('\n')).toMatch(/a lapsed hold was confirmed/);
    figureLine('pause', { control: 'deadlines not read', faults: faults.length });
  });
});

/** Load and holds, a pause, and what comes of each hold. */
async function course(build: string) {
  const gala = new Gala({
    build,
    totalSeats: SEATS,
    answerMsMax: 30_000 + PAUSE_SECONDS * 2_000,
  });
  await gala.start();
  const crowd = gala.crowd({
    wish: someSeats(gala),
    keyed: 0.5,
    // Requests that a desk has waited for too long to know what came of them.
    laterCodes: ['overloaded', 'shard_restarting'],
    onAnswer: () => {
      if (crowd.acknowledged === LOAD_BEFORE) reached();
    },
  });
  let reached: () => void = () => undefined;
  const enough = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const running = crowd.run(gala.users);
  await enough;
  const long = await holdEach(gala, seatsFrom(FIRST_OWN_SEAT, HOLDS), LONG_SECONDS);
  const short = await holdEach(gala, seatsFrom(FIRST_OWN_SEAT + HOLDS, HOLDS), SHORT_SECONDS);
  gala.server.process.kill('SIGSTOP');
  await pause(PAUSE_SECONDS * 1_000);
  gala.server.process.kill('SIGCONT');
  const lapsed = await Promise.all(short.map((each) => notOver(gala, each)));
  const kept = await Promise.all(long.map((each) => notKept(gala, each)));
  crowd.stop();
  await running;
  const own = [...lapsed, ...kept].filter((fault) => fault !== undefined);
  const wrong = own.length > 0 ? [] : await gala.faults();
  return {
    gala,
    faults: [...own, ...crowd.surprises, ...wrong],
    lapsed: lapsed.filter((fault) => fault === undefined).length,
    kept: kept.filter((fault) => fault === undefined).length,
    acknowledged: crowd.acknowledged,
    postponed: crowd.counts.postponed,
  };
}

function someSeats({ random }: Gala) {
  return () => {
    const first = 1 + random.below(FIRST_OWN_SEAT - 4);
    return { seatIds: [String(first), String(first + 1)] };
  };
}
