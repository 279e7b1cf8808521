/**
 * All viewers of one heat, in processes of their own: a machine gives each process some 19,000 open files, and those few who
 * are sampled must not stand in line behind thousands. The sampled ones come in between the others, so that what is
 * published reaches some of them early and some of them late.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cursorIn, firstFrame } from './first-frame.mjs';

/** @typedef {import('./seat-sample.mjs').Sighting} Sighting */
/** @typedef {import('./viewer.mjs').Address} Address */

const SCRIPT = fileURLToPath(new URL('viewers-process.mjs', import.meta.url));
const PER_PROCESS_MAX = 5_000;
const SAMPLED_MAX = 32;
/** Portions in which they come. */
const PORTIONS = 8;
const SETTLE_MS_MAX = 60_000;
const POLL_MS = 20;

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export class ViewerCrowd {
  #counting;
  #sampling;
  #viewers;
  #seatsPerGroup;
  #settleMsMax;

  /** @param {{viewers: number, seatsPerGroup: number, settleMsMax?: number}} options */
  constructor({ viewers, seatsPerGroup, settleMsMax = SETTLE_MS_MAX }) {
    this.#viewers = viewers;
    this.#settleMsMax = settleMsMax;
    this.#seatsPerGroup = seatsPerGroup;
    this.#sampling = startProcess();
    this.#counting = Array.from({ length: Math.ceil(viewers / PER_PROCESS_MAX) }, startProcess);
  }

  /** All of them; resolves when each has the state of all seats. @param {Address} address */
  async join(address) {
    const sampled = Math.min(SAMPLED_MAX, Math.ceil(this.#viewers / 4));
    const counted = this.#viewers - sampled;
    for (let portion = 0; portion < PORTIONS; portion += 1) {
      await this.#joinCounting(address, part(counted, PORTIONS, portion));
      await ask(this.#sampling, {
        do: 'join',
        address,
        count: part(sampled, PORTIONS, portion),
        seatsPerGroup: this.#seatsPerGroup,
      });
    }
  }

  /** All at once, none of them sampled. @param {Address} address */
  async joinAtOnce(address) {
    await this.#joinCounting(address, this.#viewers);
  }

  /** What they got so far, and what reading it took. */
  async counts() {
    const all = await this.#all({ do: 'counts' });
    const sum = (/** @type {string} */ name) => all.reduce((total, each) => total + each[name], 0);
    return { frames: sum('frames'), bytes: sum('bytes'), cpuMs: sum('cpuMs') };
  }

  /** @returns {Promise<{sightings: Sighting[][], recorded: Array<{atMicros: number, text: string}>}>} */
  sample() {
    return ask(this.#sampling, { do: 'sample' });
  }

  /**
   * Nothing changes any more: resolves when everybody has what one who comes now is shown, throws where somebody does not
   * get it.
   *
   * @param {Address} address
   */
  async settle(address) {
    const until = performance.now() + this.#settleMsMax;
    let count = 0;
    while (performance.now() < until) {
      const cursor = cursorIn(await firstFrame(address));
      const all = await this.#all({ do: 'current', cursor });
      count = all.reduce((total, each) => total + each.count, 0);
      if (count === this.#viewers) return;
      await pause(POLL_MS);
    }
    throw new Error(`${count} of ${this.#viewers} viewers are current`);
  }

  /** So many of them read nothing, until they go on. @param {number} count */
  async stall(count) {
    const each = part(count, this.#counting.length);
    for (const child of this.#counting) await ask(child, { do: 'stall', count: each });
  }

  async goOn() {
    for (const child of this.#counting) await ask(child, { do: 'goOn' });
  }

  /** Every connection is lost. */
  async drop() {
    await this.#all({ do: 'drop' });
  }

  end() {
    for (const child of [this.#sampling, ...this.#counting]) child.kill('SIGKILL');
  }

  /** @param {Address} address @param {number} count */
  async #joinCounting(address, count) {
    const parts = this.#counting.map((child, index, { length }) =>
      ask(child, { do: 'join', address, count: part(count, length, index) }),
    );
    await Promise.all(parts);
  }

  /** @param {object} request @returns {Promise<any[]>} */
  #all(request) {
    return Promise.all([this.#sampling, ...this.#counting].map((child) => ask(child, request)));
  }
}

function startProcess() {
  const child = fork(SCRIPT);
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {object} request
 * @returns {Promise<any>}
 */
async function ask(child, request) {
  const ended = new AbortController();
  const onExit = () => ended.abort(new Error('a viewers’ process has ended'));
  child.once('exit', onExit);
  try {
    const answered = once(child, 'message', { signal: ended.signal });
    child.send(request);
    const [answer] = await answered;
    if (answer.losses !== undefined) throw new Error(`viewers were lost: ${answer.losses[0]}`);
    return answer;
  } finally {
    child.off('exit', onExit);
  }
}

/** The `index`th of `parts` parts of `whole`, which differ by one at most. */
function part(/** @type {number} */ whole, /** @type {number} */ parts, index = 0) {
  return Math.floor((whole * (index + 1)) / parts) - Math.floor((whole * index) / parts);
}
