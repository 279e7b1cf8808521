/**
 * Seat lists as they are asked for: templates made once an event, whole lists made once a cursor,
 * both while there is room.
 */
import type { EpochMs } from '../lib/clock.js';
import type { AnswerBody } from './answer.js';
import { ByteBoundedCache } from './byte-bounded-cache.js';
import type { GatewayEvent } from './desk-port.js';
import { SeatList } from './seat-list.js';
import type { SeatFilter } from './seat-selection.js';
import { type SeatTemplate, seatTemplate } from './seat-template.js';

/** Lists up to this are kept for the next reader; larger ones are made as they are sent. */
const KEPT_LIST_BYTES_MAX = 8 * 1_048_576;

interface KeptList {
  readonly template: SeatTemplate;
  readonly cursor: string;
  readonly body: Uint8Array;
}

export class SeatLists {
  readonly #templates: ByteBoundedCache<SeatTemplate>;
  readonly #lists: ByteBoundedCache<KeptList>;
  readonly #building = new Map<string, Promise<SeatTemplate>>();

  /** @param bytesMax of templates and lists together; half for each. */
  constructor(bytesMax: number) {
    this.#templates = new ByteBoundedCache(bytesMax / 2);
    this.#lists = new ByteBoundedCache(bytesMax / 2);
  }

  /** To be awaited before the clock is read: what `bodyAt` is made from. */
  async template(event: GatewayEvent): Promise<SeatTemplate> {
    const { id } = event.record;
    const kept = this.#templates.get(id);
    // An id may come back with another plan after its event was deleted.
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
    const { id } = event.record;
    const cursor = event.cursor(now);
    const kept = this.#lists.get(id);
    if (kept?.template === template && kept.cursor === cursor) return kept.body;
    const list = new SeatList(template, event, filter, now);
    if (list.byteCount > KEPT_LIST_BYTES_MAX) return list;
    const body = Buffer.concat([...pieces(list)]);
    this.#lists.set(id, { template, cursor, body }, body.length);
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
