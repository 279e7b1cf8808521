/**
 * Commands over the feed's socket, and their answers.
 *
 * 1. Every command is settled once: by its answer, or by a `CommandLost`.
 * 2. No more than `commandsMax` are without an answer; one more is not sent.
 */
import { CommandLost } from './command-lost.js';
import type { ErrorFrame, ResultFrame } from './feed-frame.js';
import type { Timers } from './ports.js';
import { type Reply, replyOf } from './reply.js';
import type {
  CommandOptions,
  OfReservation,
  Reservation,
  SeatsOfReservation,
  SeatWish,
} from './reservation.js';

/** The body of the HTTP route, with what the route has in its path and its headers. */
export type SocketCommand = CommandOptions &
  (
    | ({ readonly type: 'reserve' } & SeatWish)
    | ({ readonly type: 'confirm' | 'cancel' | 'extend' } & OfReservation)
    | ({ readonly type: 'release' } & SeatsOfReservation)
  );

export interface CommandLimits {
  /** Milliseconds until a command counts as lost. */
  readonly answerMsMax: number;
  readonly commandsMax: number;
}

interface Unanswered {
  readonly resolve: (reply: Reply<Reservation>) => void;
  readonly reject: (lost: CommandLost) => void;
  /** Takes back the timer. */
  readonly takeBack: () => void;
}

export class SocketCommands {
  readonly #limits: CommandLimits;
  readonly #timers: Timers;
  readonly #unanswered = new Map<string, Unanswered>();
  #sentCount = 0;

  constructor(limits: CommandLimits, timers: Timers) {
    this.#limits = limits;
    this.#timers = timers;
  }

  /**
   * @param send false: there was no connection to send it on.
   * @returns rejects with a CommandLost.
   */
  ask(command: SocketCommand, send: (text: string) => boolean): Promise<Reply<Reservation>> {
    const { answerMsMax, commandsMax } = this.#limits;
    if (this.#unanswered.size >= commandsMax) {
      return Promise.reject(CommandLost.notSent(`${commandsMax} commands wait for their answers`));
    }
    const requestId = String(this.#sentCount + 1);
    if (!send(JSON.stringify({ ...command, requestId }))) {
      return Promise.reject(CommandLost.notSent('there is no connection'));
    }
    this.#sentCount += 1;
    return new Promise((resolve, reject) => {
      const takeBack = this.#timers.after(answerMsMax, () => {
        this.#settle(requestId)?.reject(CommandLost.unanswered(`not in ${answerMsMax} ms`));
      });
      this.#unanswered.set(requestId, { resolve, reject, takeBack });
    });
  }

  answered({ requestId, status, body }: ResultFrame): void {
    this.#settle(requestId)?.resolve(replyOf(status, body));
  }

  /** A command that the server could not take is a refusal like any other. */
  refused({ requestId, problem }: ErrorFrame): void {
    if (requestId === undefined) return;
    const title = 'The command could not be read';
    this.#settle(requestId)?.resolve(replyOf(BAD_REQUEST, { title, ...problem }));
  }

  /** The connection that they were sent on has ended. */
  lost(why: string): void {
    for (const requestId of [...this.#unanswered.keys()]) {
      this.#settle(requestId)?.reject(CommandLost.unanswered(why));
    }
  }

  #settle(requestId: string): Unanswered | undefined {
    const unanswered = this.#unanswered.get(requestId);
    this.#unanswered.delete(requestId);
    unanswered?.takeBack();
    return unanswered;
  }
}

const BAD_REQUEST = 400;
