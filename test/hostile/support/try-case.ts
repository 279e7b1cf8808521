/** A hostile case against a server that listens: what it answers, in the words of `HostileCase.expect`. */
import { setTimeout as wait } from 'node:timers/promises';
import { get, type HostileCase, type Sent } from '../corpus/hostile-case.js';
import { codeOf, type RawAnswer } from './raw-answers.js';
import { RawExchange } from './raw-exchange.js';

/** uWebSockets closes the slowest after 12 s; a server that needs so long has hung. */
const CASE_MS_MAX = 25_000;
/** Its answer comes last, where the server and the client agree on where requests end. */
const PROBE_ID = 'probe';
const PROBE = get('/livez', `X-Request-Id: ${PROBE_ID}\r\n`);

export interface CaseOutcome {
  readonly says: string;
  /** As `expect` has it, or why not. */
  readonly answered: string;
  readonly expected: string;
}

export interface Target {
  readonly port: number;
  /** See `RawExchangeOptions`. */
  readonly from: string;
}

/** Resolves with what was answered, right or wrong. */
export async function tryCase(hostile: HostileCase, target: Target): Promise<CaseOutcome> {
  const { says, expect: expected, isHead = false, shows } = hostile;
  const exchange = await RawExchange.open({
    ...target,
    isHead: (answer) => isHead && answer === 0,
  });
  const closes = expected.endsWith('closed');
  try {
    await send(exchange, hostile.send);
    if (closes) await exchange.until(() => exchange.isClosed, CASE_MS_MAX);
    else await probe(exchange, expected);
    return { says, answered: answered(exchange, closes, shows), expected };
  } finally {
    exchange.end();
  }
}

export function isRight({ answered: said, expected }: CaseOutcome): boolean {
  return expected.split(' | ').includes(said);
}

/** Where the connection goes on, the next request on it is answered, and after the expected answers. */
async function probe(exchange: RawExchange, expected: string): Promise<void> {
  const { heard } = exchange;
  const count = expected.match(/\b\d{3}\b/g)?.length ?? 0;
  await exchange.until(() => heard.answers.length >= count, CASE_MS_MAX);
  if (heard.isUpgraded) return;
  exchange.write(Buffer.from(PROBE));
  await exchange.until(() => heard.answers.some(isOfProbe), CASE_MS_MAX);
}

async function send(exchange: RawExchange, sent: HostileCase['send']): Promise<void> {
  for (const part of partsOf(sent)) {
    if (exchange.isClosed) return;
    if (typeof part === 'string') exchange.write(Buffer.from(part, 'latin1'));
    else if (Buffer.isBuffer(part)) exchange.write(part);
    else await sendSlowly(exchange, part.bytes, part.ms);
  }
}

function partsOf(sent: HostileCase['send']): readonly Sent[] {
  return [sent].flat();
}

async function sendSlowly(exchange: RawExchange, bytes: string, ms: number): Promise<void> {
  if (bytes === '') await wait(ms);
  for (const byte of bytes) {
    if (exchange.isClosed) return;
    exchange.write(Buffer.from(byte, 'latin1'));
    await wait(ms);
  }
}

function answered(
  { heard, isClosed }: RawExchange,
  closes: boolean,
  shows: RegExp | undefined,
): string {
  if (heard.garbage !== undefined) return `garbage: ${heard.garbage}`;
  const answers = heard.answers.filter((answer) => !isOfProbe(answer));
  const [first] = answers;
  if (shows !== undefined && !(first !== undefined && shows.test(textOf(first)))) {
    return `${wordsOf(answers)}, without ${shows}`;
  }
  const isProbed = answers.length < heard.answers.length;
  const goesOn = isProbed || heard.isUpgraded;
  const end = isClosed ? 'closed' : closes || !goesOn ? 'and nothing more' : '';
  return [wordsOf(answers), end].filter((word) => word !== '').join(' ');
}

function isOfProbe({ headers }: RawAnswer): boolean {
  return headers.get('x-request-id') === PROBE_ID;
}

function wordsOf(answers: readonly RawAnswer[]): string {
  return answers.map((answer) => [answer.status, codeOf(answer) ?? []].flat().join(' ')).join(' ');
}

function textOf({ headers, body }: RawAnswer): string {
  return `${[...headers].map(([name, value]) => `${name}: ${value}\n`).join('')}\n${body}`;
}
