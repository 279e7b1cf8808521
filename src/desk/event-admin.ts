/**
 * Creating, changing and deleting events. The event's owner decides and writes; then every other shard reads the event again,
 * and only then is the change answered: what was closed is closed everywhere.
 */

import type { Command, CommandValue, IdempotencyMark } from '../domain/commands.js';
import type { EventRecord } from '../domain/event.js';
import { type EventId, eventId } from '../domain/ids.js';
import { eventHomeKey, shardOf } from '../domain/ownership.js';
import { type Outcome, rejected } from '../domain/rejection.js';
import type { Clock } from '../lib/clock.js';
import { ServerFault } from '../lib/server-fault.js';
import type { Replica } from './replica.js';
import type { CreateEvent, DeleteEvent, PatchEvent } from './requests.js';
import type { ShardLink } from './shard-link.js';

export interface EventAdminOptions {
  readonly clock: Clock;
  readonly shardCount: number;
  readonly replica: Replica;
  readonly link: ShardLink;
  /** 16 url-safe characters. */
  readonly random: () => string;
  /** How often a shard that starts again meanwhile is asked anew. */
  readonly attemptsMax: number;
}

type EventCommand = Extract<Command, { type: 'event.create' | 'event.update' | 'event.delete' }>;

export class EventAdmin {
  readonly #options: EventAdminOptions;

  constructor(options: EventAdminOptions) {
    this.#options = options;
  }

  create(request: CreateEvent): Promise<Outcome<EventRecord>> {
    const { clock, random } = this.#options;
    const { idempotency, id, ...rest } = request;
    const now = clock.now();
    const made = id ?? eventId(`evt_${random()}`);
    const event: EventRecord = {
      ...rest,
      id: made,
      status: 'on_sale',
      createdAt: now,
      updatedAt: now,
      version: 1,
    };
    return this.#change({ type: 'event.create', event }, made, idempotency);
  }

  patch({ eventId: id, patch, idempotency }: PatchEvent): Promise<Outcome<EventRecord>> {
    return this.#change({ type: 'event.update', eventId: id, patch }, id, idempotency);
  }

  /** Closed first, everywhere; then, with nothing live left or all of it ended, deleted. */
  async delete({ eventId: id, force, idempotency }: DeleteEvent): Promise<Outcome<EventRecord>> {
    const event = this.#options.replica.get(id);
    if (event === undefined || event.record.status === 'deleted') {
      return rejected('event_not_found', `there is no event ${id}`);
    }
    const inUse = rejected('event_in_use', `event ${id} has live holds or bookings`);
    const { status } = event.record;
    const { reserved, booked } = event.counts(this.#options.clock.now());
    if (!force && reserved + booked > 0) return inUse;
    const closed = await this.#change(
      { type: 'event.update', eventId: id, patch: { status: 'closed' } },
      id,
    );
    if (!closed.ok) return closed;
    for (let attempt = 0; force && attempt < this.#options.attemptsMax; attempt += 1) {
      await this.#everywhere(async (shard) =>
        this.#ask(shard, { type: 'event.clear', eventId: id }),
      );
      if (!event.isInUse) break;
    }
    // A hold that is over has to be written down first: its home would find no event for it.
    if (!event.isInUse) return this.#change({ type: 'event.delete', eventId: id }, id, idempotency);
    await this.#change({ type: 'event.update', eventId: id, patch: { status } }, id);
    return inUse;
  }

  async #change(
    command: EventCommand,
    id: EventId,
    idempotency?: IdempotencyMark,
  ): Promise<Outcome<EventRecord>> {
    const home = shardOf(eventHomeKey(id), this.#options.shardCount);
    const marked = idempotency === undefined ? command : { ...command, idempotency };
    const outcome = await this.#options.link.ask(home, marked);
    if (!outcome.ok) {
      if ('rejection' in outcome) return outcome;
      throw busy(home);
    }
    await this.#everywhere(async (shard) => {
      if (shard !== home) await this.#ask(shard, { type: 'event.refresh', eventId: id });
    });
    return outcome;
  }

  #everywhere(act: (shard: number) => Promise<unknown>): Promise<unknown> {
    return Promise.all(Array.from({ length: this.#options.shardCount }, (_, shard) => act(shard)));
  }

  /** Again after a restart of the shard: it may have read the store before the change was there. */
  async #ask<C extends Command>(shard: number, command: C): Promise<CommandValue[C['type']]> {
    const { link, attemptsMax } = this.#options;
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      await link.whenUp(shard);
      try {
        const outcome = await link.ask(shard, command);
        if (outcome.ok) return outcome.value;
      } catch (fault) {
        if (!(fault instanceof ServerFault)) throw fault;
      }
    }
    throw busy(shard);
  }
}

function busy(shard: number): ServerFault {
  return new ServerFault(`shard ${shard} does not answer`, {
    code: 'shard_restarting',
    hint: 'look whether the change has happened, and send it again if not',
  });
}
