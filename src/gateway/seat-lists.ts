/**
 * Seat lists and maps as they are asked for: templates made once an event, whole lists and maps made
 * once a cursor, all while there is room.
 */
import type { VenuePlan } from '../domain/venue-plan.js';
import type { EpochMs } from '../lib/clock.js';
import type { AnswerBody } from './answer.js';
import { ByteBoundedCache } from './byte-bounded-cache.js';
import type { GatewayEvent } from './desk-port.js';
import { SeatList } from './seat-list.js';
import type { SeatFilter } from './seat-selection.js';
import { type SeatTemplate, seatTemplate } from './seat-template.js';

/** Lists up to this are kept for the next reader; larger ones are made as they are sent. */
const KEPT_LIST_BYTES_MAX = 8 * 1_048_576;

/** Good for as long as the cursor stands. An id may come back with another plan after its event was deleted. */
interface KeptBody {
  readonly plan: VenuePlan;
  readonly cursor: string;
  readonly body: Uint8Array;
}

export class SeatLists {
  readonly #templates: ByteBoundedCache<SeatTemplate>;
  readonly #bodies: ByteBoundedCache<KeptBody>;
  readonly #building = new Map<string, Promise<SeatTemplate>>();

  /** @param bytesMax of templates, and of lists and maps; half for each. */
  constructor(bytesMax: number) {
    this.#templates = new ByteBoundedCache(bytesMax / 2);
    this.#bodies = new ByteBoundedCache(bytesMax / 2);
  }

  /** To be awaited before the clock is read: what `bodyAt` is made from. */
  async template(event: GatewayEvent): Promise<SeatTemplate> {
    const { id } = event.record;
    const kept = this.#templates.get(id);
    if (kept?.plan === event.plan) return kept;
    const template = await (this.#building.get(id) ?? this.#build(event));
    return template.plan === event.plan ? template : this.template(event);
  }

  /** The list as it is at `now`, in `cursor(now)` of the event. */
  bodyAt(
    template: SeatTemplate,
    event: GatewayEvent,
    filter: SeatFilter,
    now: EpochMs,
  ): AnswerBody {
    const isFiltered = Object.values(filter).some((value) => value !== undefined);
    if (isFiltered) return new SeatList(template, event, filter, now);
    const cursor = event.cursor(now);
    const key = `list ${event.record.id}`;
    const kept = this.#kept(key, event, cursor);
    if (kept !== undefined) return kept;
    const list = new SeatList(template, event, filter, now);
    if (list.byteCount > KEPT_LIST_BYTES_MAX) return list;
    return this.#keep(key, event, cursor, Buffer.concat([...pieces(list)]));
  }

  /** The 2-bit map as it is at `now`, in `cursor(now)` of the event. Not to be written to. */
  mapAt(event: GatewayEvent, now: EpochMs): Uint8Array {
    const cursor = event.cursor(now);
    const key = `map ${event.record.id}`;
    return this.#kept(key, event, cursor) ?? this.#keep(key, event, cursor, event.statuses(now));
  }

  #kept(key: string, { plan }: GatewayEvent, cursor: string): Uint8Array | undefined {
    const kept = this.#bodies.get(key);
    return kept?.plan === plan && kept.cursor === cursor ? kept.body : undefined;
  }

  #keep(key: string, { plan }: GatewayEvent, cursor: string, body: Uint8Array): Uint8Array {
    this.#bodies.set(key, { plan, cursor, body }, body.length);
    return body;
  }

  #build(event: GatewayEvent): Promise<SeatTemplate> {
    const { id } = event.record;
    const building = seatTemplate(event.plan).finally(() => this.#building.delete(id));
    this.#building.set(id, building);
    return building.then((template) => {
      this.#templates.set(id, template, template.byteCount);
      return template;
    });
  }
}

function* pieces(list: SeatList): Iterable<Uint8Array> {
  const walk = list.pieces();
  for (let next = walk.next(); next.done !== true; next = walk.next()) yield next.value;
}
