/**
 * Sends a NodeLoadPlan (its only argument, as JSON) over raw keep-alive sockets and prints a LoadReport. No HTTP client: a
 * parser that reads no more than status, length and, where there are follow-ups, the body.
 */
import { connect } from 'node:net';
import { createHistogram } from 'node:perf_hooks';
import { RequestSequence } from './request-sequence.mjs';

/** @typedef {import('./node-load.mjs').NodeLoadPlan} NodeLoadPlan */

/** Answers that do not come at all must not keep the bench for ever. */
const STALL_MS_MAX = 30_000;

class LoadGenerator {
  #plan;
  #sequence;
  #endsAt;
  #sent = 0;
  #open = 0;
  #socketErrors = 0;
  /** @type {Record<string, number>} */
  #statuses = {};
  #micros = createHistogram();
  #startedAt = performance.now();
  #lastAt = this.#startedAt;

  /** @param {NodeLoadPlan} plan */
  constructor(plan) {
    this.#plan = plan;
    const { requests, first, url } = plan;
    this.#sequence = new RequestSequence({ requests, first, host: new URL(url).host });
    this.#endsAt = this.#startedAt + plan.ms;
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
    let sentAt = 0;
    let received = Buffer.alloc(0);
    const proceed = () => {
      const request = this.#next();
      if (request === undefined) {
        socket.end();
        return;
      }
      sentAt = performance.now();
      socket.write(request, 'latin1');
    };
    socket.on('connect', proceed);
    socket.on('data', (chunk) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const answer = answerIn(received);
      if (answer === undefined) return;
      received = Buffer.alloc(0);
      this.#answered(answer, sentAt);
      proceed();
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

  /** @returns {string | undefined} */
  #next() {
    const { requestsMax } = this.#plan;
    const isOver = this.#sent >= requestsMax || performance.now() >= this.#endsAt;
    if (this.#sequence.waiting === 0) {
      if (isOver) return undefined;
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

/**
 * The one answer that `bytes` hold, once they hold all of it.
 *
 * @param {Buffer} bytes
 */
function answerIn(bytes) {
  const text = bytes.toString('latin1');
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, headEnd))?.[1];
  if (length === undefined) throw new Error(`an answer without a length: ${text}`);
  if (text.length < headEnd + 4 + Number(length)) return undefined;
  return { status: text.slice(9, 12), body: text.slice(headEnd + 4) };
}

new LoadGenerator(JSON.parse(process.argv[2] ?? '')).start();
