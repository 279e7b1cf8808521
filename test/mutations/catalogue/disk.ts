/** Faults in what has to be on disk, when, and in what is read back from it (I3, I6). */
import { powerCuts, simulation, testsOf } from '../catcher.js';
import type { Mutation } from '../mutation.js';

export const DISK: readonly Mutation[] = [
  {
    name: 'answer-before-flush',
    breaks: 'an answer leaves when what it rests on is on disk: here when it is on its way there',
    edits: [
      {
        file: 'src/shard/outbox.ts',
        find: 'this.#gated.push({ ...this.#current, turn: this.#staged });',
        replace: 'this.#gated.push({ ...this.#current, turn: this.#committed });',
      },
    ],
    catchers: [simulation()],
    isInCi: true,
  },
  {
    name: 'refusal-before-flush',
    breaks: 'a refusal waits for the disk too: what it refused for might be undone by a crash',
    edits: [
      {
        file: 'src/shard/outbox.ts',
        find: '    append(this.#open().answers, gateway, { id, outcome, sequence: 0 });',
        replace: `    const answer = { id, outcome, sequence: 0 };
    if (outcome.ok) append(this.#open().answers, gateway, answer);
    else this.#outlets.answer(gateway, [answer]);`,
      },
    ],
    catchers: [testsOf('test/shard/shard.test.ts')],
  },
  {
    name: 'news-after-answer',
    breaks: 'who has an answer finds it in what is read next: here the replica may lag behind it',
    edits: [
      {
        file: 'src/desk/shard-link.ts',
        find: 'if (answer.sequence > replicated) this.#early.push(answer);',
        replace: 'if (answer.sequence > replicated + 1_000) this.#early.push(answer);',
      },
    ],
    catchers: [simulation(), testsOf('test/desk/shard-link.test.ts')],
  },
  {
    name: 'commit-failure-survived',
    breaks: 'a store whose commit has failed is not used again',
    edits: [
      {
        file: 'src/store/store.ts',
        find: '    } catch (error) {\n',
        replace: '    } catch (error) {\n      this.#isBroken = false;\n',
      },
    ],
    catchers: [testsOf('test/store/store.test.ts')],
  },
  {
    name: 'commit-unsynced',
    breaks: 'under `sync` a commit is on the disk when it returns: here it is with the system',
    edits: [
      {
        file: 'src/store/lmdb-rows.ts',
        find: "this.#flags = options.durability === 'sync' ? SYNC_FLAGS : ASYNC_FLAGS;",
        replace: 'this.#flags = ASYNC_FLAGS;',
      },
    ],
    catchers: [powerCuts],
  },
  {
    name: 'index-not-caught-up',
    breaks: 'a store that is opened reads from the facts what its indexes lack',
    edits: [
      {
        file: 'src/store/store-parts.ts',
        find: 'indexes.catchUp(factLog, events);',
        replace: 'indexes.catchUp(factLog, events.slice(0, 0));',
      },
    ],
    catchers: [simulation()],
    isInCi: true,
  },
  {
    name: 'index-marked-too-far',
    breaks: 'the mark of how far the indexes are names no fact that a sweep has not written',
    edits: [
      {
        file: 'src/store/lagging-indexes.ts',
        find: 'if (this.seats.isSweeping || this.users.isSweeping) return;',
        replace: 'if (this.seats.isSweeping) return;',
      },
    ],
    catchers: [simulation(), testsOf('test/store/lagging-indexes.test.ts')],
  },
  {
    name: 'seat-change-unwritten',
    breaks: 'a block of seats that changes after a sweep has written it is written by the next',
    edits: [
      {
        file: 'src/store/seat-rows.ts',
        find: '    block.isChanged = false;\n',
        replace: '',
      },
    ],
    catchers: [simulation(), testsOf('test/store/store-course.test.ts')],
  },
  {
    name: 'user-rows-torn',
    breaks: 'what a user has is read as of one moment: here without what a sweep is writing',
    edits: [
      {
        file: 'src/store/user-rows.ts',
        find: '...bucketOf(this.#leaving, hash), ',
        replace: '',
      },
    ],
    catchers: [testsOf('test/store/lagging-indexes.test.ts')],
  },
  {
    name: 'snapshot-short',
    breaks: 'a snapshot has every hold of an event: here the last part of them is left out',
    edits: [
      {
        file: 'src/store/event-snapshot.ts',
        find: '  if (holds.length > 0) yield',
        replace: '  if (holds.length > HOLDS_PER_PART) yield',
      },
    ],
    catchers: [simulation(), testsOf('test/store/store.test.ts')],
  },
  {
    name: 'checksum-unchecked',
    breaks: 'a flipped bit is noticed when its row is read',
    edits: [
      {
        file: 'src/store/record-codec.ts',
        find: "if (sum !== value.readUInt32BE(1)) throw this.#corrupt(key, 'its checksum is wrong');",
        replace: '',
      },
    ],
    catchers: [testsOf('test/store/record-codec.test.ts')],
    isInCi: true,
  },
  {
    name: 'guard-asleep',
    breaks: 'the store itself refuses a fact about a seat that is not what the fact takes it for',
    edits: [
      {
        file: 'src/store/seat-guard.ts',
        find: 'if (!isExpected(fact, before)) {',
        replace: 'if (!isExpected(fact, before) && rows === undefined) {',
      },
    ],
    catchers: [testsOf('test/store/seat-guard.test.ts')],
  },
];
