/** Faults in idempotency keys and in how requests are told apart. */
import { simulation, testsOf } from '../catcher.js';
import type { Mutation } from '../mutation.js';

export const KEYS: readonly Mutation[] = [
  {
    name: 'key-with-other-body',
    breaks: 'a key that was used with another body is refused: here it is given the other’s answer',
    edits: [
      {
        file: 'src/store/idempotency-table.ts',
        find: "if (kept.fingerprint !== fingerprint) return { found: 'other_body' };",
        replace: '',
      },
    ],
    catchers: [testsOf('test/store/idempotency-table.test.ts')],
    isInCi: true,
  },
  {
    name: 'key-forgotten',
    breaks: 'the first answer is kept under its key, for a day and across restarts',
    edits: [
      {
        file: 'src/store/store.ts',
        find: 'this.#parts.idempotency.keep(remember, { outcome: remember.outcome });',
        replace: '',
      },
    ],
    catchers: [simulation(), testsOf('test/store/idempotency-table.test.ts')],
  },
  {
    name: 'key-not-in-flight',
    breaks: 'a duplicate of a request that is still worked on is told so',
    edits: [
      {
        file: 'src/store/idempotency-table.ts',
        find: 'this.#inFlight.set(key, { fingerprint, since });',
        replace: '',
      },
    ],
    catchers: [simulation(), testsOf('test/store/idempotency-table.test.ts')],
  },
  {
    name: 'key-in-own-transaction',
    breaks: 'a key is kept in the transaction of its effect: a crash between the two loses it',
    edits: [
      {
        file: 'src/store/store.ts',
        find: `      this.#keep(entries, answers);
      this.#parts.indexes.advance(sequence);
    });
`,
        replace: `      this.#parts.indexes.advance(sequence);
    });
    this.#transact(() => this.#keep(entries, answers));
`,
      },
    ],
    catchers: [simulation(200)],
  },
  {
    name: 'key-of-another-user',
    breaks: 'a key belongs to whoever sent it: another’s request with it is another request',
    edits: [
      {
        file: 'src/gateway/idempotent-request.ts',
        find: 'const { key, principal, method, path, search, body, requestId } = request;',
        replace:
          "const { key, method, path, search, body, requestId } = request;\n  const principal = 'anyone';",
      },
    ],
    catchers: [testsOf('test/gateway/idempotent-request.test.ts')],
  },
  {
    name: 'key-purged-with-older',
    breaks: 'an outdated entry takes its own key with it, not one that was kept again since',
    edits: [
      {
        file: 'src/store/idempotency-table.ts',
        find: 'if (this.#tables.idempotency.get([key])?.at === at) this.#tables.idempotency.remove([key]);',
        replace: 'this.#tables.idempotency.remove([key]);',
      },
    ],
    catchers: [testsOf('test/store/idempotency-table.test.ts')],
  },
  {
    name: 'key-keeps-failure',
    breaks: 'an answer of 5xx is not kept: the same request may be sent again',
    edits: [
      {
        file: 'src/gateway/idempotent-request.ts',
        find: 'if (answer.status === 429 || answer.status >= 500) desk.abandon(mark.key);',
        replace: 'if (answer.status === 429) desk.abandon(mark.key);',
      },
    ],
    catchers: [testsOf('test/gateway/idempotent-request.test.ts')],
  },
  {
    name: 'two-lengths',
    breaks: 'a request with two Content-Lengths is refused, and its connection closed',
    edits: [
      {
        file: 'src/gateway/request-framing.ts',
        find: "  'content-length',\n  'transfer-encoding',\n",
        replace: "  'transfer-encoding',\n",
      },
    ],
    catchers: [testsOf('test/gateway/request-framing.test.ts')],
  },
];
