/** Bytes that were a request, of the corpus or made, until something happened to them. */
import type { Random } from '../../simulation/random.js';
import { CORPUS } from '../corpus/corpus.js';
import type { Input } from './visit.js';

/** A case of megabytes says no more when it is mutated, and takes longer. */
const BASE_BYTES_MAX = 8_192;
const MUTATIONS_MAX = 4;

const BASES: readonly Buffer[] = Object.values(CORPUS)
  .flat()
  .flatMap(({ send }) => [send].flat())
  .filter((part) => typeof part === 'string')
  .map((text) => Buffer.from(text, 'latin1'))
  .filter((bytes) => bytes.length > 0 && bytes.length <= BASE_BYTES_MAX);

/** What parsers trip over. */
const TOKENS = [
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  '\0',
  ' ',
  '\t',
  ':',
  '%',
  '%00',
  '?',
  '/',
  '//',
  '#',
  ';',
  ',',
  '"',
  '\\',
  '{',
  '[',
  '\xff',
  '\xc0\x80',
  '0',
  '-1',
  '9'.repeat(20),
  'ffffffff',
  '\\ud800',
  '__proto__',
  'Host: localhost\r\n',
  'Content-Length: 0\r\n',
  'Content-Length: 5\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Connection: close\r\n',
  'Connection: Upgrade\r\nUpgrade: websocket\r\n',
  'Expect: 100-continue\r\n',
  '0\r\n\r\n',
  'HTTP/1.0',
  'HTTP/1.1',
  'GET ',
  'HEAD ',
  'POST ',
  'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n',
].map((text) => Buffer.from(text, 'latin1'));

export function brokenRequests(random: Random, made: readonly Input[]): Input[] {
  return made.map(({ bytes }) => {
    const base = random.chance(0.5) ? bytes : random.pick(BASES);
    return { bytes: mutated(random, base), isOwed: false, isHead: false };
  });
}

/** One to four mutations, one after another. */
export function mutated(random: Random, base: Buffer): Buffer {
  let bytes = base;
  const count = 1 + random.below(MUTATIONS_MAX);
  for (let done = 0; done < count; done += 1) bytes = random.pick(MUTATIONS)(random, bytes);
  return bytes;
}

type Mutation = (random: Random, bytes: Buffer) => Buffer;

const MUTATIONS: readonly Mutation[] = [
  // One byte is another.
  (random, bytes) => {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy[random.below(copy.length)] = random.below(256);
    return copy;
  },
  // One bit is another.
  (random, bytes) => {
    const copy = Buffer.from(bytes);
    const at = random.below(copy.length);
    if (copy.length > 0) copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
    return copy;
  },
  // A part is missing.
  (random, bytes) => {
    const [from, to] = range(random, bytes);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  // A part comes twice, or often.
  (random, bytes) => {
    const [from, to] = range(random, bytes);
    const part = bytes.subarray(from, to);
    const times = Array.from({ length: random.pick([1, 1, 3, 50]) }, () => part);
    return Buffer.concat([bytes.subarray(0, to), ...times, bytes.subarray(to)]);
  },
  // Something is put in.
  (random, bytes) => {
    const at = random.below(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), random.pick(TOKENS), bytes.subarray(at)]);
  },
  // It ends too early.
  (random, bytes) => bytes.subarray(0, random.below(bytes.length + 1)),
  // It goes on as another.
  (random, bytes) => {
    const other = random.pick(BASES);
    const at = random.below(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), other.subarray(random.below(other.length))]);
  },
  // Two in one packet.
  (random, bytes) => Buffer.concat([bytes, random.pick(BASES)]),
];

/** At most 64 bytes of it. */
function range(random: Random, bytes: Buffer): [from: number, to: number] {
  const from = random.below(bytes.length + 1);
  return [from, Math.min(bytes.length, from + random.below(65))];
}
