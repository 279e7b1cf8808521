import { describe, expect, it } from 'vitest';
import type { BoxOffice, BoxOfficeSeat, Hold, Reply, SeatWish } from '../../src/demo/box-office.js';
import { Buyer } from '../../src/demo/buyer.js';
import { pickTogether } from '../../src/demo/good-seats.js';
import { PLAYHOUSE_TASTES } from '../../src/demo/playhouse.js';
import { Random } from '../../src/demo/random.js';
import { drawTemperament, type Temperament } from '../../src/demo/temperament.js';

const DRAWS = 4_000;

function temperaments(seed: number): readonly Temperament[] {
  const random = new Random(seed);
  return Array.from({ length: DRAWS }, () => drawTemperament(random, PLAYHOUSE_TASTES));
}

/** Rows A and B of ten; `taken` are booked. */
function section(taken: readonly string[] = []): readonly BoxOfficeSeat[] {
  return Array.from({ length: 20 }, (_, index) => {
    const row = index < 10 ? 'A' : 'B';
    const seatId = `${row}${(index % 10) + 1}`;
    const status = taken.includes(seatId) ? 'booked' : 'available';
    return { seatId, seatNumber: index + 1, row, status };
  });
}

/** Answers `refusals` to the first wishes, and grants what comes after; everything asked is written down. */
class ScriptedBoxOffice implements BoxOffice {
  readonly asked: string[] = [];
  readonly wishes: SeatWish[] = [];
  readonly #refusals: string[];

  constructor(refusals: readonly string[] = []) {
    this.#refusals = [...refusals];
  }

  async seatsOf(name: string): Promise<Reply<readonly BoxOfficeSeat[]>> {
    this.asked.push(`seats of ${name}`);
    return { ok: true, value: section() };
  }

  async reserve(userId: string, wish: SeatWish): Promise<Reply<Hold>> {
    this.asked.push('reserve');
    this.wishes.push(wish);
    const code = this.#refusals.shift();
    if (code !== undefined) return { ok: false, code };
    const seatIds = 'seatIds' in wish ? wish.seatIds : section().slice(0, wish.quantity);
    return {
      ok: true,
      value: { id: 'rsv_1', userId, seatIds: seatIds.map((seat) => labelOf(seat)) },
    };
  }

  confirm = (hold: Hold): Promise<Reply<Hold>> => this.#granted('confirm', hold);
  cancel = (hold: Hold): Promise<Reply<Hold>> => this.#granted('cancel', hold);
  extend = (hold: Hold): Promise<Reply<Hold>> => this.#granted('extend', hold);
  release = (hold: Hold, seatIds: readonly string[]): Promise<Reply<Hold>> =>
    this.#granted(`release ${seatIds.join(' ')}`, hold);

  async #granted(what: string, hold: Hold): Promise<Reply<Hold>> {
    this.asked.push(what);
    return { ok: true, value: hold };
  }
}

function labelOf(seat: string | BoxOfficeSeat): string {
  return typeof seat === 'string' ? seat : seat.seatId;
}

const PLAIN: Temperament = {
  partySize: 2,
  manner: 'best',
  section: 'Stalls',
  category: 'Premium',
  ditherMs: 5_000,
  extends: false,
  intent: 'pay',
};

/** One visit: how it ended, what was asked, and how long was waited in all. */
async function visit(temperament: Partial<Temperament>, boxOffice = new ScriptedBoxOffice()) {
  let waitedMs = 0;
  const buyer = new Buyer({
    userId: 'buyer-1',
    temperament: { ...PLAIN, ...temperament },
    random: new Random(7),
    boxOffice,
    wait: async (ms) => {
      waitedMs += ms;
    },
  });
  const end = await buyer.visit();
  return { end, asked: boxOffice.asked, wishes: boxOffice.wishes, waitedMs };
}

describe("a buyer's temperament", () => {
  it('is the same for the same seed, and another for another', () => {
    expect(temperaments(1)).toEqual(temperaments(1));
    expect(temperaments(1)).not.toEqual(temperaments(2));
  });

  it('comes in parties of one to six, two most often', () => {
    const counts = new Map<number, number>();
    for (const { partySize } of temperaments(3)) {
      counts.set(partySize, (counts.get(partySize) ?? 0) + 1);
    }
    expect([...counts.keys()].toSorted()).toEqual([1, 2, 3, 4, 5, 6]);
    const [most] = [...counts].toSorted(([, one], [, other]) => other - one);
    expect(most?.[0]).toBe(2);
  });

  it('mostly leaves the choice to the house and mostly pays, but not always', () => {
    const drawn = temperaments(4);
    const shareOf = (test: (temperament: Temperament) => boolean): number =>
      drawn.filter(test).length / DRAWS;
    expect(shareOf(({ manner }) => manner === 'best')).toBeCloseTo(0.65, 1);
    expect(shareOf(({ intent }) => intent === 'pay')).toBeCloseTo(0.71, 1);
    for (const intent of ['give_one_up', 'cancel', 'walk_away']) {
      expect(shareOf((temperament) => temperament.intent === intent)).toBeGreaterThan(0.04);
    }
    expect(shareOf((temperament) => temperament.extends)).toBeGreaterThan(0.03);
  });

  it('never gives up the only seat', () => {
    const alone = temperaments(5).filter(({ partySize }) => partySize === 1);
    expect(alone.filter(({ intent }) => intent === 'give_one_up')).toEqual([]);
  });

  it('now and then dithers for longer than the hold', () => {
    const share = temperaments(6).filter(({ ditherMs }) => ditherMs > 20_000).length / DRAWS;
    expect(share).toBeGreaterThan(0.005);
    expect(share).toBeLessThan(0.06);
  });
});

describe('picking by hand', () => {
  it('takes available neighbours of one row', () => {
    const taken = ['A2', 'A5', 'A8', 'B1', 'B4', 'B5', 'B9'];
    for (let seed = 0; seed < 50; seed += 1) {
      const picked = pickTogether(section(taken), 3, new Random(seed));
      expect(picked).toEqual(['B6', 'B7', 'B8']);
    }
  });

  it('likes the middle of the front, and differs from one buyer to the next', () => {
    const picks = Array.from({ length: 300 }, (_, seed) =>
      pickTogether(section(), 2, new Random(seed)),
    );
    const labels = picks.map((picked) => picked?.join(' ') ?? '');
    const countOf = (label: string): number => labels.filter((each) => each === label).length;
    expect(new Set(labels).size).toBeGreaterThan(5);
    expect(countOf('A5 A6')).toBeGreaterThan(countOf('B1 B2'));
  });

  it('finds nothing where no row has so many side by side', () => {
    const alternate = section().flatMap(({ seatId }, index) => (index % 2 === 0 ? [seatId] : []));
    expect(pickTogether(section(alternate), 2, new Random(1))).toBeUndefined();
  });
});

describe('a buyer', () => {
  it('asks for the best of a category, dithers and pays', async () => {
    const { end, asked, wishes, waitedMs } = await visit({});
    expect(end).toBe('paid');
    expect(asked).toEqual(['reserve', 'confirm']);
    expect(wishes).toEqual([{ quantity: 2, adjacent: true, category: 'Premium' }]);
    expect(waitedMs).toBe(5_000);
  });

  it('looks before it picks', async () => {
    const { asked, wishes, waitedMs } = await visit({ manner: 'by_hand' });
    expect(asked).toEqual(['seats of Stalls', 'reserve', 'confirm']);
    expect(wishes).toEqual([{ seatIds: [expect.any(String), expect.any(String)] }]);
    expect(waitedMs).toBeGreaterThan(5_000);
  });

  it('looks elsewhere when it was too late, and in the end takes what there is', async () => {
    const boxOffice = new ScriptedBoxOffice(['seat_unavailable', 'seat_unavailable']);
    const { end, asked, wishes } = await visit({ manner: 'by_hand' }, boxOffice);
    expect(end).toBe('paid');
    expect(asked.slice(0, 4)).toEqual(['seats of Stalls', 'reserve', 'seats of Stalls', 'reserve']);
    expect(wishes.at(-1)).toEqual({ quantity: 2, adjacent: false });
  });

  it('goes home when the house has nothing', async () => {
    const boxOffice = new ScriptedBoxOffice(['sold_out', 'sold_out', 'sold_out']);
    const { end, asked, wishes } = await visit({}, boxOffice);
    expect(end).toBe('found_nothing');
    expect(asked).toEqual(['reserve', 'reserve', 'reserve']);
    expect(wishes[1]).toEqual({ quantity: 2, adjacent: true });
  });

  it('does not ask again where asking does not help', async () => {
    const { end, asked } = await visit({}, new ScriptedBoxOffice(['event_closed']));
    expect(end).toBe('found_nothing');
    expect(asked).toEqual(['reserve']);
  });

  it('extends, and dithers once more', async () => {
    const { asked, waitedMs } = await visit({ extends: true });
    expect(asked).toEqual(['reserve', 'extend', 'confirm']);
    expect(waitedMs).toBe(10_000);
  });

  it('gives one seat up and pays for the others', async () => {
    const { end, asked } = await visit({ intent: 'give_one_up' });
    expect(end).toBe('paid_for_fewer');
    expect(asked).toEqual(['reserve', 'release A2', 'confirm']);
  });

  it('cancels', async () => {
    const { end, asked } = await visit({ intent: 'cancel' });
    expect(end).toBe('cancelled');
    expect(asked).toEqual(['reserve', 'cancel']);
  });

  it('walks away without a word', async () => {
    const { end, asked } = await visit({ intent: 'walk_away' });
    expect(end).toBe('walked_away');
    expect(asked).toEqual(['reserve']);
  });
});
