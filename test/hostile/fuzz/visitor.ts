/**
 * Carries out visits, one after another, and looks at what comes back. Each visit has an address of its own, or the
 * distrust that one has earned would fall on the next.
 */
import { takeFrames } from '../../gateway/feed/support/raw-frames.js';
import { codeOf } from '../support/raw-answers.js';
import { RawExchange } from '../support/raw-exchange.js';
import type { Tally } from './tally.js';
import { type Input, RESERVATION, type Visit } from './visit.js';

/** A server that owes an answer for so long has hung. */
const OWED_MS_MAX = 10_000;
/** How long an answer is waited for that nobody owes. */
const PATIENCE_MS = 20;
/** uWebSockets' answer to a first line that it cannot read, whatever is wrong with it: the client's fault, not the server's. */
const NO_VERSION = 505;

export interface VisitorOptions {
  readonly port: number;
  readonly tally: Tally;
  /** Of reservations that the server gave, the latest; shared. */
  readonly reservation: { id: string };
}

export class Visitor {
  readonly #options: VisitorOptions;
  #exchange: RawExchange | undefined;
  #isHead = false;
  #from = '';
  #answersSeen = 0;
  #framesSeen = 0;

  constructor(options: VisitorOptions) {
    this.#options = options;
  }

  /** Rejects where the server does not listen any more. */
  async visit(visit: Visit): Promise<void> {
    this.#from = addressOf(visit.number);
    for (const [index, input] of visit.inputs.entries()) {
      this.#options.tally.inputs += 1;
      const wrong = await this.#tryInput(visit, input);
      if (wrong !== undefined) {
        this.#options.tally.find({ what: wrong, visit: visit.number, input: index });
      }
    }
    this.leave();
  }

  leave(): void {
    this.#exchange?.end();
    this.#exchange = undefined;
  }

  async #tryInput(visit: Visit, input: Input): Promise<string | undefined> {
    const exchange = await this.#opened();
    const { heard } = exchange;
    const restBefore = heard.rest.length;
    this.#isHead = input.isHead;
    exchange.write(withReservation(input.bytes, this.#options.reservation.id));
    const isAnswered = (): boolean =>
      heard.isUpgraded
        ? heard.rest.length > restBefore
        : heard.answers
            .slice(this.#answersSeen)
            .some(({ status }) => status >= 200 || status === 101);
    await exchange.until(isAnswered, input.isOwed ? OWED_MS_MAX : PATIENCE_MS);
    const wrong =
      this.#look(exchange) ?? (input.isOwed && !isAnswered() ? this.#silence(exchange) : undefined);
    const isStuck = visit.kind === 'bytes' && !isAnswered();
    // An answer to HEAD by accident cannot be told from one whose body is missing.
    const isOpaque = visit.kind === 'bytes' && input.bytes.includes('HEAD');
    const isLast = heard.answers.at(-1)?.headers.get('connection') === 'close';
    if (isStuck || isOpaque || isLast || exchange.isClosed || wrong !== undefined) this.leave();
    else this.#answersSeen = heard.answers.length;
    return isOpaque ? undefined : wrong;
  }

  async #opened(): Promise<RawExchange> {
    if (this.#exchange !== undefined && !this.#exchange.isClosed) return this.#exchange;
    const { port } = this.#options;
    this.#answersSeen = 0;
    this.#framesSeen = 0;
    this.#exchange = await RawExchange.open({ port, from: this.#from, isHead: () => this.#isHead });
    return this.#exchange;
  }

  #silence({ isClosed }: RawExchange): string {
    return isClosed ? 'closed, and an answer was owed' : `no answer in ${OWED_MS_MAX} ms`;
  }

  /** Counts what is new; what is wrong with it, if anything. */
  #look({ heard, isClosed }: RawExchange): string | undefined {
    const { tally, reservation } = this.#options;
    let wrong = heard.garbage === undefined ? undefined : `no HTTP: ${heard.garbage}`;
    const fresh = heard.answers.slice(this.#answersSeen);
    for (const answer of fresh) {
      const { status, body } = answer;
      tally.count(
        [status, isProblem(answer.headers) ? (codeOf(answer) ?? []) : []].flat().join(' '),
      );
      if (status >= 500 && status !== NO_VERSION) wrong ??= `${status}: ${body.slice(0, 200)}`;
      reservation.id = RESERVED.exec(body)?.[1] ?? reservation.id;
    }
    if (heard.isUpgraded) wrong ??= this.#lookAtFrames(heard.rest);
    if (isClosed)
      tally.count(fresh.length === 0 ? 'closed without a word' : 'closed with the answer');
    else if (fresh.length === 0 && !heard.isUpgraded) tally.count('nothing yet');
    return wrong;
  }

  #lookAtFrames(bytes: Buffer): string | undefined {
    const { tally } = this.#options;
    const { frames } = takeFrames(bytes);
    let wrong: string | undefined;
    for (const { opcode, payload } of frames.slice(this.#framesSeen)) {
      const text = payload.toString();
      if (opcode !== 1)
        tally.count(
          opcode === 8
            ? `frame: close ${payload.length < 2 ? '' : payload.readUInt16BE(0)}`
            : `frame: opcode ${opcode}`,
        );
      else {
        const { type, status = '' } = JSON.parse(text) as { type: string; status?: number }; // all are objects
        tally.count(`frame: ${type} ${status}`);
        if (Number(status) >= 500) wrong ??= text.slice(0, 200);
      }
    }
    this.#framesSeen = frames.length;
    return wrong;
  }
}

/** 127.0.0.0/8 is all loopback. */
function addressOf(visit: number): string {
  return `127.${16 + ((visit >> 16) & 127)}.${(visit >> 8) & 255}.${visit & 255}`;
}

const RESERVED = /"(?:id|reservationId)":"(rsv_[\w-]+)"/;

function isProblem(headers: ReadonlyMap<string, string>): boolean {
  return headers.get('content-type')?.startsWith('application/problem+json') ?? false;
}

/** Of equal length, so that no length in the bytes is a lie. */
function withReservation(bytes: Buffer, id: string): Buffer {
  if (id.length !== RESERVATION.length || !bytes.includes(RESERVATION)) return bytes;
  return Buffer.from(bytes.toString('latin1').replaceAll(RESERVATION, id), 'latin1');
}
