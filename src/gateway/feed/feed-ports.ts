/**
 * What a channel needs of the world: sockets, a way to all of them, and timers. uWebSockets has it in a server, the
 * simulation in its own.
 */

/** One message to viewers, in UTF-8. */
export type Frame = Uint8Array;

export interface ViewerSocket {
  /** Bytes that the peer has not taken yet. */
  bufferedBytes(): number;
  /** false: there was no room for it, and it is lost. */
  send(frame: Frame): boolean;
  /** From now on it gets what is published. */
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  /** Closes it with a code and a reason, both of which the client reads. */
  end(closing: Closing): void;
  /** Ends it without a word: its buffer is free at once. */
  cut(): void;
}

/** Why a socket is closed. */
export interface Closing {
  /** RFC 6455 §7.4; 4000 and more are ours. */
  readonly code: number;
  /** At most 123 bytes. */
  readonly reason: string;
}

export interface FeedOutlet {
  /**
   * To every socket that is subscribed now, in the order of the calls. A socket without room misses it, and its viewer
   * is told so (`Viewer.missed`) before anything else is published.
   */
  publish(topic: string, frame: Frame): void;
}

export interface FeedTimers {
  /**
   * Runs `run` once, `ms` from now; 0: at the end of this turn of the event loop, and never twice in one turn.
   *
   * @returns takes it back; does nothing once it has run.
   */
  after(ms: number, run: () => void): () => void;
}

/** The machine's own. */
export const systemTimers: FeedTimers = {
  after(ms, run) {
    if (ms === 0) {
      const immediate = setImmediate(run);
      return () => clearImmediate(immediate);
    }
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
