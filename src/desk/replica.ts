/** The desk's copy of every event, built from the store's snapshot and kept by its facts. */

import { type Fact, isEventFact } from '../domain/facts.js';
import type { EventId } from '../domain/ids.js';
import { assert, present } from '../lib/assert.js';
import type { Clock } from '../lib/clock.js';
import type { SnapshotPart } from '../shard/ports.js';
import { EventReplica } from './event-replica.js';
import type { StoreNews } from './ports.js';

export class Replica {
  readonly #clock: Clock;
  readonly #events = new Map<EventId, EventReplica>();
  #sequence = -1;
  #incarnation = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The last fact that is in here; -1 before the snapshot is complete. */
  get sequence(): number {
    return this.#sequence;
  }

  get isOpen(): boolean {
    return this.#sequence >= 0;
  }

  /** Deleted ones too: their plans are needed to show what was. */
  get(id: EventId): EventReplica | undefined {
    return this.#events.get(id);
  }

  /** In order of creation, without the deleted ones. */
  list(): EventReplica[] {
    return [...this.#events.values()]
      .filter((event) => event.record.status !== 'deleted')
      .sort(
        (a, b) => a.record.createdAt - b.record.createdAt || (a.record.id < b.record.id ? -1 : 1),
      );
  }

  hear(news: StoreNews): void {
    switch (news.type) {
      case 'snapshot':
        return this.#restore(news.part);
      case 'opened':
        this.#sequence = news.sequence;
        this.#incarnation = news.incarnation;
        for (const event of this.#events.values()) event.standsAt(news.sequence, news.incarnation);
        return;
      case 'facts':
        assert(news.first === this.#sequence + 1, 'facts arrive in order and without gaps');
        for (const fact of news.facts) this.#apply(fact);
    }
  }

  /** Of events that somebody watches. */
  noticeLapses(): void {
    const now = this.#clock.now();
    for (const event of this.#events.values()) event.noticeLapses(now);
  }

  #restore(part: SnapshotPart): void {
    if (part.type === 'event')
      this.#events.set(part.event.id, new EventReplica(part, this.#clock.now()));
    else this.#known(part.eventId).restore(part.holds);
  }

  #apply(fact: Fact): void {
    this.#sequence += 1;
    if (isEventFact(fact) && !this.#events.has(fact.eventId)) {
      const none = new Uint32Array(0);
      const snapshot = { event: fact.event, booked: none, blocked: none };
      const event = new EventReplica(snapshot, this.#clock.now());
      event.standsAt(this.#sequence - 1, this.#incarnation);
      this.#events.set(fact.eventId, event);
    }
    this.#known(fact.eventId).apply({ sequence: this.#sequence, fact });
  }

  #known(id: EventId): EventReplica {
    return present(this.#events.get(id), `event ${id}`);
  }
}
