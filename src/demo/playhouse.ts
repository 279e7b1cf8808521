/** What is known of the playhouse that `playhouse-plan.json` draws: what it costs, and what people like in it. */
import type { CategoryPrices } from '../domain/pretix-plan.js';
import type { Tastes } from './temperament.js';

/** Nobody else's: what is found under it in a directory used before is a demo's, and goes on selling. */
export const PLAYHOUSE_ID = 'demo-playhouse';
export const PLAYHOUSE_NAME = 'The Cherry Orchard, at the Playhouse';
export const PLAYHOUSE_CURRENCY = 'GBP';
/** Short, so that holds are seen to lapse. */
export const PLAYHOUSE_HOLD_SECONDS = 20;

/** Minor units, for every category of the plan. */
export const PLAYHOUSE_PRICES: CategoryPrices = {
  Premium: 8_950,
  Standard: 5_950,
  Circle: 4_750,
  Box: 11_500,
  Balcony: 2_400,
};

/** Sections and categories by name. */
export const PLAYHOUSE_TASTES: Tastes = {
  sections: [
    ['Stalls', 10],
    ['Dress Circle', 6],
    ['Balcony', 4],
    ['Boxes', 1],
  ],
  categories: [
    [undefined, 6],
    ['Premium', 3],
    ['Standard', 5],
    ['Circle', 4],
    ['Balcony', 4],
    ['Box', 1],
  ],
};
