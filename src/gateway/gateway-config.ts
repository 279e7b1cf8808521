/** Everything a gateway is told from outside; `config.ts` satisfies it. Every limit is here, with its unit (I9). */
export interface GatewayConfig {
  /** A request's body, bytes: 65,536 (API §2). */
  readonly bodyBytesMax: number;
  /** A body that creates or imports an event, bytes: 8 MiB (API §2). */
  readonly eventBodyBytesMax: number;
  /** Requests of one gateway that are read but not answered; at the bound the answer is `overloaded`. */
  readonly requestsInFlightMax: number;
  /** Open sockets of one gateway; one more is closed as it connects. */
  readonly connectionsMax: number;
  /** Seat lists kept rendered, bytes; the plan template of the event being served may exceed it alone. */
  readonly seatListBytesMax: number;
  /** Origins that browsers may call from, each as a browser sends it (`https://tickets.example`); empty: CORS is off. */
  readonly corsOrigins: readonly string[];
  /** The key of admin routes; undefined: loopback peers are admin, and only loopback names are served (API §6). */
  readonly adminKey: string | undefined;
  /** Requests a second for one client address; undefined: no limit. */
  readonly rateLimitPerSecond: number | undefined;
  /** The hold time of an event that names none, milliseconds. */
  readonly holdMs: number;
  /** Refuse to share the port with another process; not for several gateways on one port. */
  readonly exclusivePort: boolean;
}
