/**
 * Every stretch of a store's file, flipped, overwritten or cut off: a server that starts on it, and `holdfast verify`, tell of
 * it in words or have lost nothing by it. Nothing that is damaged is ever served as if it were not, and no process dies of it.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/open-store.js';
import { Random } from '../simulation/random.js';
import { eventRecord, HALL, Ledger } from '../store/support/ledger.js';
import { brokenBuild } from '../support/broken-build.js';
import { clockOf } from '../support/clock-of.js';
import { figureLine } from '../support/figure-line.js';
import { temporaryDir } from '../support/temporary-dir.js';
import { countParameter, testSeed } from '../support/test-parameters.js';
import { CHECKSUMS_NOT_READ } from './support/breakages.js';
import { type CaseResult, damagesOf, runDamages } from './support/damage.js';

const CASES = countParameter('DAMAGE_CASES', 200);
const CONTROL_CASES = 60;
const SHOWN = 5;
const SEATS = 601;
/** Reservations in one commit. */
const TURN = 100;
const ENDS = ['confirmed', 'cancelled', 'expired'] as const;

describe('a damaged store', () => {
  it(`is told of and never served, and nobody dies of it: ${CASES} cases`, {
    timeout: 60_000 + CASES * 2_000,
  }, async () => {
    const results = await cases('dist', CASES);
    expect(results.filter(({ signal }) => signal !== undefined).slice(0, SHOWN)).toEqual([]);
    expect(results.filter(isSurprise).slice(0, SHOWN)).toEqual([]);
    expect(results.filter(isServed).slice(0, SHOWN)).toEqual([]);
    expect(results.filter(isUntold).slice(0, SHOWN)).toEqual([]);
    const told = results.filter(({ verified }) => isTold(verified));
    expect(told.length).toBeGreaterThan(CASES / 4);
    figureLine('damage', {
      cases: CASES,
      'told by verify': told.length,
      'told at the start or when read': results.filter(({ served }) => isTold(served)).length,
      'no row touched': results.filter(({ verified }) => verified === 'sound').length,
      'rows a server would not find, told by verify alone': results.filter(isHidden).length,
      'served wrong': 0,
      'died of it': 0,
    });
  });

  it('control: without checksums damage is served', { timeout: 120_000 }, async () => {
    const results = await cases(brokenBuild(CHECKSUMS_NOT_READ), CONTROL_CASES);
    const served = results.filter(isServed).length;
    const surprises = results.filter(isSurprise).length;
    expect(served + surprises).toBeGreaterThan(0);
    figureLine('damage', { control: 'no checksums', 'served wrong': served, surprises });
  });
});

async function cases(build: string, count: number): Promise<readonly CaseResult[]> {
  const random = new Random(testSeed());
  const dataDir = await soundStore(random);
  const { size } = statSync(join(dataDir, 'data.mdb'));
  return runDamages({ build, dataDir, damages: damagesOf(size, count, random) });
}

/** Some of everything, written in several commits, so that pages were freed and used again. */
async function soundStore(random: Random): Promise<string> {
  const dataDir = temporaryDir();
  const ledger = new Ledger();
  ledger.store = await openStore({ dataDir, durability: 'sync', clock: clockOf(() => ledger.now) });
  ledger.commit([ledger.created(eventRecord(HALL, SEATS))]);
  for (let first = 1; first + TURN <= SEATS; first += TURN) {
    const held = Array.from({ length: TURN }, (_, index) =>
      ledger.reserved([first + index], { user: `user-${index}` }),
    );
    const ends = random.sample(held, TURN / 2);
    ledger.commit(...held.map((fact) => [fact]));
    ledger.commit(...ends.map((fact) => [ledger.next(random.pick(ENDS), fact)]));
    const mark = { key: `key-${first}`, fingerprint: 'f', requestId: 'r' };
    ledger.store.remember(mark, { status: 201, body: 'x'.repeat(30 * first), headers: {} });
    ledger.store.flush();
  }
  ledger.commit([ledger.blocked([SEATS])]);
  await ledger.store.close();
  return dataDir;
}

function isTold(outcome: CaseResult['verified'] | CaseResult['served']): boolean {
  return typeof outcome === 'object' && outcome.told !== undefined;
}

/** An error that nobody has put into words. */
function isSurprise({ verified, served }: CaseResult): boolean {
  const isOne = (outcome: unknown) =>
    typeof outcome === 'object' && outcome !== null && 'surprise' in outcome;
  return isOne(verified) || isOne(served);
}

/** Something else than what was stored was given out for it. */
function isServed({ served }: CaseResult): boolean {
  return typeof served === 'object' && (served.wrong ?? 0) > 0;
}

/** A row is looked up in vain: only `verify` reads all of them. */
function isHidden({ served }: CaseResult): boolean {
  return typeof served === 'object' && (served.hidden ?? 0) > 0 && served.told === undefined;
}

/** Rows are gone, and not even `verify` says so. */
function isUntold(result: CaseResult): boolean {
  return isHidden(result) && result.verified === 'sound';
}
