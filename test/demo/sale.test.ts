import { expect, it } from 'vitest';
import type { Reply } from '../../src/demo/box-office.js';
import type { CrowdTally } from '../../src/demo/crowd.js';
import type { HouseReading } from '../../src/demo/demo-house.js';
import { type LineOutput, LiveLine } from '../../src/demo/live-line.js';
import { Sale } from '../../src/demo/sale.js';

/** Keeps what is written, as a terminal of so many columns or as a pipe. */
class KeptOutput implements LineOutput {
  text = '';
  readonly isTTY: boolean;
  readonly columns: number;

  constructor({ isTTY, columns = 120 }: { isTTY: boolean; columns?: number }) {
    this.isTTY = isTTY;
    this.columns = columns;
  }

  write(text: string): void {
    this.text += text;
  }
}

/** A crowd that does nothing, and is gone when its doors are closed. */
class IdleCrowd {
  readonly tally: CrowdTally = { arrived: 3, turnedAway: 0, visits: new Map([['paid', 3]]) };
  #leave: () => void = () => undefined;

  run(): Promise<void> {
    return new Promise((resolve) => {
      this.#leave = resolve;
    });
  }

  closeDoors(): void {
    this.#leave();
  }
}

function readingOf(availableSeats: number): Reply<HouseReading> {
  const event = {
    id: 'demo-playhouse',
    name: 'Playhouse',
    currency: 'GBP',
    totalSeats: 1_010,
    availableSeats,
    reservedSeats: 0,
    bookedSeats: 1_010 - availableSeats,
  };
  const reservations = { reserved: 500, confirmed: 450, cancelled: 20, expired: 30 };
  const byCategory = [{ category: 'Premium', seats: 1_010 - availableSeats, amount: 9_060_050 }];
  const stats = { reservations, conflicts: 12, byCategory };
  return { ok: true, value: { event, stats, revenue: 9_060_050 } };
}

interface Course {
  readonly readings: readonly Reply<HouseReading>[];
  readonly msMax?: number;
  readonly signal?: AbortSignal;
}

async function sell({ readings, msMax, signal = new AbortController().signal }: Course) {
  const left = [...readings];
  const last = readings.at(-1) ?? readingOf(0);
  const output = new KeptOutput({ isTTY: true });
  const sale = new Sale({
    house: { reading: async () => left.shift() ?? last },
    crowd: new IdleCrowd(),
    buyers: { requestCount: 1_234, refusals: new Map([['sold_out', 7]]) },
    line: new LiveLine(output),
    msMax,
    signal,
  });
  await sale.run();
  return output.text;
}

it('shows one line that is rewritten, and sums up when the house is sold out', async () => {
  const text = await sell({ readings: [readingOf(10), readingOf(0)] });
  const [live = '', ...rest] = text.split('\n');
  const lines = live.split('\r\u001b[K').slice(1);
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(
    /^available 10 · reserved 0 · booked 1,000 · £90,600\.50 · conflicts 12 · expired 30 · [\d,]+ requests\/s$/,
  );
  expect(lines[2]).toBe('');
  expect(rest.join('\n')).toMatch(/^Sold out after \d+ s\.$/m);
  expect(rest).toContain('  seats         1,010 of 1,010 booked, 0 reserved, 0 available');
  expect(rest).toContain('  revenue       £90,600.50, Premium £90,600.50');
  expect(rest).toContain('  buyers        3 came, 3 paid');
  expect(rest.join('\n')).toMatch(/^ {2}requests +1,234, [\d,]+ a second$/m);
  expect(rest).toContain('  refused       7 sold_out');
});

it('closes the doors when its time is up', async () => {
  const text = await sell({ readings: [readingOf(10)], msMax: 100 });
  expect(text).toContain('The time is up after ');
});

it('goes on when the server is too busy to say how it stands', async () => {
  const text = await sell({ readings: [{ ok: false, code: 'overloaded' }, readingOf(0)] });
  expect(text).toContain('Sold out after ');
});

it('closes the doors when somebody deletes the event', async () => {
  const text = await sell({ readings: [{ ok: false, code: 'event_not_found' }] });
  expect(text).toContain('The event is gone after ');
  expect(text).not.toContain('revenue');
});

it('sums up when it is interrupted', async () => {
  const text = await sell({ readings: [readingOf(10)], signal: AbortSignal.timeout(20) });
  expect(text).toContain('Interrupted after ');
});

it('leaves out of a narrow line what does not fit, whole fields at a time', () => {
  const output = new KeptOutput({ isTTY: true, columns: 20 });
  new LiveLine(output).show(['available 1', 'booked 2', 'conflicts 3']);
  expect(output.text).toBe('\r\u001b[Kavailable 1');
});

it('writes plain lines, without a control character, where there is no terminal', () => {
  const output = new KeptOutput({ isTTY: false, columns: 20 });
  const line = new LiveLine(output);
  line.show(['available 1', 'booked 2', 'conflicts 3']);
  line.print(['done']);
  expect(output.text).toBe('available 1 · booked 2 · conflicts 3\ndone\n');
});
