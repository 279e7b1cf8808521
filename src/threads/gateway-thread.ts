/**
 * A gateway's thread: one Desk and its host, one server.
 *
 * 1. The server lets go of its listener before the thread ends, whatever ends it: a thread that ends with a live listener
 *    takes the process with it, without a word.
 */
import { threadId } from 'node:worker_threads';
import { contractRoutes } from '../gateway/contracts/contract-routes.js';
import { summedMetrics } from '../gateway/gateway-metrics.js';
import { gatewayRoutes } from '../gateway/gateway-routes.js';
import { type RunningGateway, startGateway } from '../gateway/gateway-server.js';
import { assert } from '../lib/assert.js';
import { ServerFault } from '../lib/server-fault.js';
import { ControlPort } from './control-port.js';
import { defaultEvent } from './default-event.js';
import { faultData } from './fault-data.js';
import { GatewayHost } from './gateway-host.js';
import { measureSamples } from './measure-samples.js';
import type { GatewayCalls, GatewayThreadData, SupervisorCalls } from './thread-messages.js';
import type { ThreadStart } from './thread-pool.js';
import { within } from './time-limit.js';

/** Resolves when the gateway was asked to stop or to halt; rejects at a bug. */
export function run(start: ThreadStart<GatewayThreadData>): Promise<void> {
  return new GatewayThread(start).ended;
}

class GatewayThread {
  readonly ended: Promise<void>;
  readonly #start: ThreadStart<GatewayThreadData>;
  readonly #host: GatewayHost;
  readonly #control: ControlPort<GatewayCalls, SupervisorCalls>;
  #server: RunningGateway | undefined;
  #end: () => void = () => undefined;
  #break: (cause: unknown) => void = () => undefined;

  constructor(start: ThreadStart<GatewayThreadData>) {
    this.#start = start;
    this.#host = new GatewayHost(start.config);
    this.ended = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#break = reject;
    });
    process.on('uncaughtException', (cause) => this.#died(cause));
    this.#control = new ControlPort<GatewayCalls, SupervisorCalls>(start.control, {
      hello: () => threadId,
      attachStore: async ({ port }) => {
        await this.#host.attachStore(port);
      },
      attachShard: ({ shard, port }) => {
        this.#host.attachShard(shard, port);
      },
      shardDown: async ({ shard }) => {
        await this.#host.shardDown(shard);
      },
      shardUp: ({ shard }) => {
        this.#host.shardUp(shard);
      },
      makeDefaultEvent: () => this.#makeDefaultEvent(),
      listen: ({ port }) => this.#listen(port),
      measure: async () => ({
        sample: await this.#server?.metrics(),
        desk: { ...this.#host.desk.measures() },
      }),
      stop: () => this.#stop(),
      halt: () => this.#halt(),
    });
  }

  async #makeDefaultEvent(): Promise<undefined> {
    const outcome = await this.#host.desk.createEvent(defaultEvent(this.#start.config));
    assert(outcome.ok, 'an empty store takes the default event');
  }

  async #listen(port: number): Promise<GatewayCalls['listen']['answer']> {
    const { config, gateway: index } = this.#start;
    const { host, gateway } = config;
    try {
      this.#server = await startGateway({
        desk: this.#host.desk,
        config: gateway,
        routes: gatewayRoutes({
          config: gateway,
          others: contractRoutes,
          collectMetrics: () => this.#collectMetrics(),
        }),
        host,
        port,
        index,
      });
      return { ok: true, port: this.#server.port };
    } catch (cause) {
      if (!(cause instanceof ServerFault)) throw cause;
      return { ok: false, fault: faultData(cause) };
    }
  }

  /** Everything that is measured anywhere in the process. */
  async #collectMetrics(): Promise<string> {
    const { threads, samples } = await this.#control.ask('collect', null);
    return summedMetrics([...samples, ...measureSamples(threads)]);
  }

  async #stop(): Promise<undefined> {
    await within(this.#drain(), this.#start.config.threads.drainMsMax, late).catch(() => undefined);
    this.#halt();
    this.#host.stop();
  }

  async #drain(): Promise<void> {
    await this.#server?.drain();
  }

  #halt(): undefined {
    this.#server?.close();
    this.#end();
  }

  /** The thread is of no more use, but it stays until the process ends. */
  #died(cause: unknown): void {
    this.#server?.close();
    this.#break(cause);
  }
}

function late(): Error {
  return new Error('requests are still in flight');
}
