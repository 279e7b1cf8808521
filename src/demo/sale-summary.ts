/** The sale in a few lines, when it is over. */
import { amountText, countText } from './amount.js';
import type { VisitEnd } from './buyer.js';
import type { CrowdTally } from './crowd.js';
import type { HouseReading } from './demo-house.js';
import type { SaleEnd } from './sale.js';

export interface SaleFigures {
  readonly end: SaleEnd;
  readonly elapsedMs: number;
  /** The last one; absent where the house could not be read. */
  readonly reading?: HouseReading;
  readonly tally: CrowdTally;
  /** The buyers'. */
  readonly requestCount: number;
  readonly refusals: ReadonlyMap<string, number>;
}

const HEADINGS: Readonly<Record<SaleEnd, string>> = {
  sold_out: 'Sold out',
  time: 'The time is up',
  interrupted: 'Interrupted',
  event_gone: 'The event is gone',
};

const VISIT_ENDS: Readonly<Record<VisitEnd, string>> = {
  paid: 'paid',
  paid_for_fewer: 'gave one seat up and paid',
  cancelled: 'cancelled',
  walked_away: 'walked away',
  came_too_late: 'came too late to pay',
  found_nothing: 'found nothing',
  gave_up: 'gave up',
};

/** Names stand in a column; what does not fit beside one goes on below. */
const NAME_COLUMNS = 16;
const COLUMNS_MAX = 100;

export function summaryLines(figures: SaleFigures): readonly string[] {
  const { end, elapsedMs, reading, requestCount, refusals } = figures;
  const perSecond = Math.round((requestCount * 1_000) / elapsedMs);
  const refused = countTexts(refusals, (code) => code);
  return [
    '',
    `${HEADINGS[end]} after ${durationText(elapsedMs)}.`,
    '',
    ...(reading === undefined ? [] : houseLines(reading)),
    ...tableLines('buyers', buyersTexts(figures.tally)),
    ...tableLines('requests', [countText(requestCount), `${countText(perSecond)} a second`]),
    ...(refused.length === 0 ? [] : tableLines('refused', refused)),
    '',
  ];
}

function houseLines({ event, stats, revenue }: HouseReading): readonly string[] {
  const { bookedSeats, reservedSeats, availableSeats, totalSeats, currency } = event;
  const { reserved, confirmed, cancelled, expired } = stats.reservations;
  const sales = stats.byCategory.map(
    ({ category, amount }) => `${category ?? 'other'} ${amountText(amount, currency)}`,
  );
  return [
    ...tableLines('seats', [
      `${countText(bookedSeats)} of ${countText(totalSeats)} booked`,
      `${countText(reservedSeats)} reserved`,
      `${countText(availableSeats)} available`,
    ]),
    ...tableLines('revenue', [amountText(revenue, currency), ...sales]),
    ...tableLines('reservations', [
      `${countText(reserved)} made`,
      `${countText(confirmed)} confirmed`,
      `${countText(cancelled)} cancelled`,
      `${countText(expired)} expired`,
    ]),
    ...tableLines('conflicts', [countText(stats.conflicts)]),
  ];
}

function buyersTexts({ arrived, turnedAway, visits }: CrowdTally): readonly string[] {
  const ends = countTexts(visits, (end) => VISIT_ENDS[end]);
  const away = turnedAway === 0 ? [] : [`${countText(turnedAway)} turned away at the door`];
  return [`${countText(arrived)} came`, ...ends, ...away];
}

/** The most frequent first. */
function countTexts<T>(
  counts: ReadonlyMap<T, number>,
  nameOf: (key: T) => string,
): readonly string[] {
  return [...counts]
    .toSorted(([, one], [, other]) => other - one)
    .map(([key, count]) => `${countText(count)} ${nameOf(key)}`);
}

/** @param items broken between them where a line would be longer than a terminal is wide. */
function tableLines(name: string, [first = '', ...rest]: readonly string[]): readonly string[] {
  const lines: string[] = [];
  let line = `  ${name}`.padEnd(NAME_COLUMNS) + first;
  for (const item of rest) {
    const longer = `${line}, ${item}`;
    if (longer.length < COLUMNS_MAX) {
      line = longer;
      continue;
    }
    lines.push(`${line},`);
    line = ' '.repeat(NAME_COLUMNS) + item;
  }
  return [...lines, line];
}

function durationText(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
