/** What a buyer is like: drawn before the visit, so that a seed alone decides it, and not what the house answers. */
import type { Random, Weighted } from './random.js';

export interface Temperament {
  /** 1..6 */
  readonly partySize: number;
  /** `best`: leaves the choice to the house; `by_hand`: looks at a section and picks. */
  readonly manner: 'best' | 'by_hand';
  /** Where seats are picked by hand. */
  readonly section: string;
  /** What is asked for first where the house chooses; undefined: anything. */
  readonly category: string | undefined;
  /** From having the seats to making up one's mind. Now and then it outlasts the hold. */
  readonly ditherMs: number;
  /** Asks for more time, and dithers once more. */
  readonly extends: boolean;
  readonly intent: Intent;
}

/** What a buyer means to do with the seats; `walk_away` leaves them to the clock. */
export type Intent = 'pay' | 'give_one_up' | 'cancel' | 'walk_away';

/** What is liked, by weight. */
export interface Tastes {
  readonly sections: Weighted<string>;
  readonly categories: Weighted<string | undefined>;
}

const PARTY_SIZES: Weighted<number> = [
  [1, 3],
  [2, 8],
  [3, 3],
  [4, 4],
  [5, 1],
  [6, 1],
];
const INTENTS: Weighted<Intent> = [
  ['pay', 70],
  ['give_one_up', 8],
  ['cancel', 10],
  ['walk_away', 12],
];
const BY_HAND_PROBABILITY = 0.35;
const EXTENDS_PROBABILITY = 0.07;
const DITHER_MS_MIN = 400;
const DITHER_MS_MEAN = 5_500;
/** Beyond it nobody stays: it is past the hold, and past one that was extended. */
const DITHER_MS_MAX = 45_000;

export function drawTemperament(random: Random, tastes: Tastes): Temperament {
  const partySize = random.weighted(PARTY_SIZES);
  const intent = random.weighted(INTENTS);
  const dither = DITHER_MS_MIN + random.exponential(DITHER_MS_MEAN - DITHER_MS_MIN);
  return {
    partySize,
    manner: random.chance(BY_HAND_PROBABILITY) ? 'by_hand' : 'best',
    section: random.weighted(tastes.sections),
    category: random.weighted(tastes.categories),
    ditherMs: Math.min(Math.round(dither), DITHER_MS_MAX),
    extends: random.chance(EXTENDS_PROBABILITY),
    // Who comes alone has none to give up.
    intent: intent === 'give_one_up' && partySize === 1 ? 'pay' : intent,
  };
}
