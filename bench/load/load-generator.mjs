/**
 * Sends a NodeLoadPlan (its only argument, as JSON) over raw keep-alive sockets and prints a LoadReport. No HTTP client: a
 * parser that reads no more than status, length and, where there are follow-ups, the body.
 */
import { connect } from 'node:net';
import { createHistogram } from 'node:perf_hooks';
import { answerIn } from './http-answer.mjs';
import { RequestSequence } from './request-sequence.mjs';

/** @typedef {import('./node-load.mjs').NodeLoadPlan} NodeLoadPlan */

/** Answers that do not come at all must not keep the bench for ever. */
const STALL_MS_MAX = 30_000;

/** The finest that Node's timers do. */
const TICK_MS = 1;

/** @typedef {{socket: import('node:net').Socket, sentAt: number}} Line */

class LoadGenerator {
  #plan;
  #sequence;
  #sent = 0;
  #open = 0;
  #socketErrors = 0;
  /** @type {Record<string, number>} */
  #statuses = {};
  #micros = createHistogram();
  #startedAt = 0;
  #endsAt = 0;
  #lastAt = 0;
  /** Connections that wait for the next request to be due. @type {Line[]} */
  #idle = [];
  /** @type {NodeJS.Timeout | undefined} */
  #ticks;

  /** @param {NodeLoadPlan} plan */
  constructor(plan) {
    this.#plan = plan;
    const { requests, first, url } = plan;
    this.#sequence = new RequestSequence({ requests, first, host: new URL(url).host });
  }

  start() {
    const { hostname, port } = new URL(this.#plan.url);
    for (let count = 0; count < this.#plan.connections; count += 1) {
      this.#open += 1;
      this.#converse(connect({ host: hostname, port: Number(port), noDelay: true }));
    }
  }

  /** One request after the other. @param {import('node:net').Socket} socket */
  #converse(socket) {
    const line = { socket, sentAt: 0 };
    let received = Buffer.alloc(0);
    socket.on('connect', () => this.#connected(line));
    socket.on('data', (chunk) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const answer = answerIn(received);
      if (answer === undefined) return;
      received = Buffer.alloc(0);
      this.#answered(answer, line.sentAt);
      this.#proceed(line);
    });
    socket.setTimeout(STALL_MS_MAX, () => socket.destroy(new Error('no answer')));
    socket.on('error', () => {
      this.#socketErrors += 1;
    });
    // The server closes only what was refused as malformed, or when it ends: neither belongs here.
    socket.on('end', () => {
      if (!socket.writableEnded) this.#socketErrors += 1;
    });
    socket.on('close', () => {
      this.#open -= 1;
      if (this.#open === 0) this.#report();
    });
  }

  /** @param {Line} line */
  #connected(line) {
    if (this.#plan.gathers !== true) {
      this.#begin();
      this.#proceed(line);
      return;
    }
    this.#idle.push(line);
    if (this.#idle.length < this.#plan.connections) return;
    this.#begin();
    for (const each of this.#idle.splice(0)) this.#proceed(each);
  }

  /** Time runs from the first request on. */
  #begin() {
    if (this.#ticks !== undefined || this.#sent > 0) return;
    this.#startedAt = performance.now();
    this.#endsAt = this.#startedAt + this.#plan.ms;
    if (this.#plan.perSecond !== undefined) this.#ticks = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Sends what is due over the lines that are free; an open loop that is over closes them. */
  #tick() {
    let line = this.#idle.pop();
    while (line !== undefined && this.#proceed(line)) line = this.#idle.pop();
    if (!this.#isOver()) return;
    clearInterval(this.#ticks);
    for (const each of this.#idle.splice(0)) each.socket.end();
  }

  /** Sends the next request, if there is one now. @param {Line} line */
  #proceed(line) {
    const dueAt = this.#dueAt();
    if (dueAt > performance.now()) {
      if (this.#isOver()) line.socket.end();
      else this.#idle.push(line);
      return false;
    }
    const request = this.#next();
    if (request === undefined) {
      line.socket.end();
      return false;
    }
    line.sentAt = this.#plan.perSecond === undefined ? performance.now() : dueAt;
    line.socket.write(request, 'latin1');
    return true;
  }

  /** When the next request is to be sent: in a closed loop, at once. An open loop's come in bursts, one a tick. */
  #dueAt() {
    const { perSecond } = this.#plan;
    if (perSecond === undefined) return 0;
    const ticks = Math.ceil(((this.#sent / perSecond) * 1000) / TICK_MS);
    return this.#startedAt + ticks * TICK_MS;
  }

  #isOver() {
    return this.#sent >= this.#plan.requestsMax || this.#dueNextAt() >= this.#endsAt;
  }

  /** @returns {number} what is due before the end is sent, however late */
  #dueNextAt() {
    return this.#plan.perSecond === undefined ? performance.now() : this.#dueAt();
  }

  /** @returns {string | undefined} */
  #next() {
    if (this.#sequence.waiting === 0) {
      if (this.#isOver()) return undefined;
      this.#sent += 1;
    }
    return this.#sequence.next();
  }

  /**
   * @param {{status: string, body: string}} answer
   * @param {number} sentAt
   */
  #answered({ status, body }, sentAt) {
    this.#lastAt = performance.now();
    this.#micros.record(Math.max(1, Math.round((this.#lastAt - sentAt) * 1000)));
    this.#statuses[status] = (this.#statuses[status] ?? 0) + 1;
    if (this.#sequence.looksAtAnswers) this.#sequence.answered(body);
  }

  #report() {
    const counts = Object.entries(this.#statuses);
    const { user, system } = process.cpuUsage();
    const report = {
      requests: this.#micros.count,
      ms: this.#lastAt - this.#startedAt,
      refused: counts.reduce(
        (sum, [status, count]) => sum + (Number(status) >= 400 ? count : 0),
        0,
      ),
      socketErrors: this.#socketErrors,
      statuses: this.#statuses,
      latencyMs: {
        p50: this.#micros.percentile(50) / 1000,
        p90: this.#micros.percentile(90) / 1000,
        p99: this.#micros.percentile(99) / 1000,
        p999: this.#micros.percentile(99.9) / 1000,
        max: this.#micros.max / 1000,
      },
      cpuMs: (user + system) / 1000,
    };
    process.stdout.write(JSON.stringify(report));
  }
}

new LoadGenerator(JSON.parse(process.argv[2] ?? '')).start();
