/**
 * A power cut under load, again and again: the process is gone, and with it all that was written and not yet synced, or some
 * sectors of it. What was acknowledged is there.
 */
import { describe, expect, it } from 'vitest';
import { verify } from '../../src/store/verify.js';
import { figureLine } from '../support/figure-line.js';
import { countParameter } from '../support/test-parameters.js';
import { Faults } from './support/faults.js';
import { Gala, lostIn } from './support/gala.js';
import { losesPower } from './support/power.js';

const CUTS = countParameter('POWER_CUTS', 10);
/** Acknowledged between two cuts, at least and at most. */
const ACKNOWLEDGED = { min: 40, max: 160 };
/** Not so many seats that a cut of the control might hit nothing. */
const CONTROL_CUTS_MAX = 10;

describe('a power cut under load', () => {
  it(`takes nothing that was acknowledged, ${CUTS} times`, {
    timeout: 30_000 + CUTS * 10_000,
  }, async () => {
    const course = new Course('sync');
    for (let cut = 0; cut < CUTS; cut += 1) expect(await course.cut()).toEqual([]);
    const { acknowledged, sectorsLost } = course;
    // Or nothing was under way when the power failed.
    expect(sectorsLost).toBeGreaterThan(0);
    figureLine('power', { cuts: CUTS, acknowledged, 'sectors lost': sectorsLost, lost: 0 });
  });

  it('control: where answers do not wait for the disk, it takes some, and the rest is whole', {
    timeout: 120_000,
  }, async () => {
    const course = new Course('async');
    let lost = 0;
    for (let cut = 0; cut < CONTROL_CUTS_MAX && lost === 0; cut += 1) {
      lost += lostIn(await course.cut());
    }
    expect(lost).toBeGreaterThan(0);
    figureLine('power', { control: 'async', acknowledged: course.acknowledged, lost });
  });
});

class Course {
  acknowledged = 0;
  sectorsLost = 0;
  readonly #gala: Gala;
  #faults = new Faults();
  #cuts = 0;

  constructor(durability: 'sync' | 'async') {
    this.#gala = new Gala({ env: { HOLDFAST_DURABILITY: durability }, totalSeats: 5_000 });
  }

  /** Load, a death, what the disk makes of it, and the next start. @returns everything that is wrong then */
  async cut(): Promise<readonly string[]> {
    const gala = this.#gala;
    if (this.#cuts === 0) await this.#start();
    const { min, max } = ACKNOWLEDGED;
    const crowd = gala.crowd({
      name: `cut-${this.#cuts}-`,
      onAnswer: () => {
        if (crowd.acknowledged === enough) gala.server.process.kill('SIGKILL');
      },
    });
    const enough = min + gala.random.below(max - min);
    await crowd.run(gala.users);
    await gala.server.ended;
    this.acknowledged += crowd.acknowledged;
    // In turn: the disk had done nothing of what it was not made to do; it was in the middle of it.
    const luck = this.#cuts % 2 === 0 ? undefined : gala.random;
    this.sectorsLost += losesPower(gala, this.#faults, luck);
    this.#cuts += 1;
    const breaches = await this.#start();
    return [...crowd.surprises, ...breaches, ...(await gala.faults())];
  }

  /** @returns what the store breaks of its promises */
  async #start(): Promise<readonly string[]> {
    const gala = this.#gala;
    await gala.kill();
    this.#faults = new Faults();
    this.#faults.keepUndo();
    await gala.start({ env: this.#faults.env });
    return (await verify(gala.dataDir)).breaches;
  }
}
