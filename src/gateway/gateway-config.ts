/**
 * Everything a gateway is told from outside; `config.ts` satisfies it. Every limit is here, with
 * its unit (I9).
 */
export interface GatewayConfig {
  /** A request's body, bytes: 65,536 (API §2). */
  readonly bodyBytesMax: number;
  /** A body that creates or imports an event, bytes: 8 MiB (API §2). */
  readonly eventBodyBytesMax: number;
  /**
   * Requests of one gateway that are read but not answered; at the bound the answer is
   * `overloaded`.
   */
  readonly requestsInFlightMax: number;
  /** Open sockets of one gateway; one more is closed as it connects. */
  readonly connectionsMax: number;
  /**
   * Seat lists kept rendered, bytes; the plan template of the event being served may exceed it
   * alone.
   */
  readonly seatListBytesMax: number;
  /**
   * Origins that browsers may call from, each as a browser sends it (`https://tickets.example`);
   * empty: CORS is off.
   */
  readonly corsOrigins: readonly string[];
  /**
   * The key of admin routes; undefined: loopback peers are admin, and only loopback names are
   * served (API §6).
   */
  readonly adminKey: string | undefined;
  /** Requests a second for one client address; undefined: no limit. */
  readonly rateLimitPerSecond: number | undefined;
  /** The hold time of an event that names none, milliseconds. */
  readonly holdMs: number;
  /** Refuse to share the port with another process; not for several gateways on one port. */
  readonly exclusivePort: boolean;
  readonly feed: FeedConfig;
}

/**
 * The live feed. Times are milliseconds, sizes bytes; where it says so, of one socket, else of one
 * gateway.
 */
export interface FeedConfig {
  /** Changes are gathered for so long; 0: to the end of the turn. */
  readonly gatherMs: number;
  /** Open sockets; one more is refused before it is upgraded. */
  readonly viewersMax: number;
  /** A socket with more than this to be sent, beside a snapshot on its way, has fallen behind. */
  readonly waitingBytesMax: number;
  /**
   * Of one socket, whatever it is: the transport drops what comes on top, and an answer that is
   * dropped ends it.
   */
  readonly socketBytesMax: number;
  /** Snapshots that are on their way to all sockets; those who need one more wait. */
  readonly snapshotBytesMax: number;
  /** A socket that takes longer for its snapshot, while others wait for theirs, is cut off. */
  readonly snapshotMsMax: number;
  /** A delta may have so many changes, and more only where it is smaller than a snapshot. */
  readonly deltaSeatsMax: number;
  /** Facts asked of the store for one who comes back; a cursor from before them gets a snapshot. */
  readonly recalledFactsMax: number;
  /** How long one who comes back with a cursor from further on waits for this gateway. */
  readonly resumeMsMax: number;
  /** A message of a client. */
  readonly messageBytesMax: number;
  /** Commands of one socket that are not answered. */
  readonly commandsInFlightMax: number;
  /** Commands of one socket in a second, and at once. */
  readonly commandsPerSecondMax: number;
  /** Messages of one socket that are no commands, in ten seconds; one more ends it. */
  readonly badMessagesMax: number;
  /**
   * Commands of one socket that are refused for being too many, in ten seconds; one more ends it.
   */
  readonly floodedCommandsMax: number;
  /** A socket that shows no life for so long is closed; it is pinged before. */
  readonly idleMsMax: number;
  /** What those whom a closing server sends away are told to wait. */
  readonly retryMs: number;
}
