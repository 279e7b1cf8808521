/**
 * The crowd of an on-sale (its only argument an OnSalePlan, as JSON; it prints an OnSaleReport). All come at once and want a party of seats side by side. Each first asks for a
 * party that was free when the doors opened; who is refused asks for one that is believed free since. Some buy at once, the others let their hold lapse and leave.
 *
 * 1. A party is sold once: the crowd keeps its own account, and a second sale of a party is an oversale.
 * 2. Every request is answered: a connection that the server closes fails the crowd. Servers close those that say nothing for a while, so the crowd closes them before.
 */
import { connect } from 'node:net';
import { createHistogram } from 'node:perf_hooks';
import { answerIn } from './http-answer.mjs';
import { seededRandom } from './seeded-random.mjs';

/**
 * @typedef {object} OnSalePlan
 * @property {string} url
 * @property {string} eventId
 * @property {number} seats
 * @property {number} partySeats
 * @property {number} buyers
 * @property {number} abandonPercent
 * @property {number} holdSeconds
 * @property {number} connections
 * @property {number} idleMs a connection that says nothing for so long is opened anew
 * @property {number} msMax
 */

/**
 * @typedef {object} OnSaleReport
 * @property {number} soldParties
 * @property {number} oversales
 * @property {number} ms until nothing was left, or nobody
 * @property {number} burstMs until for the first time nothing was believed free
 * @property {number} burstRequests answered by then
 * @property {number} requests
 * @property {number} lateConfirms whose hold had lapsed
 * @property {Record<string, number>} unexpected answers, by status
 * @property {number} p99Ms
 */

/** @typedef {{socket: import('node:net').Socket | undefined, sentAt: number, party: number, buyer: number, isConfirming: boolean}} Line */

const TICK_MS = 2;
/** A hold is over on the server's clock; its answer was on its way for a while. */
const LAPSE_SLACK_MS = 20;
const RETRY_MS = 50;

class OnSaleCrowd {
  #plan;
  /** Parties that may be free. @type {number[]} */
  #free = [];
  /** Those that will be believed free again; holds are of one length, so the soonest stand first. @type {Array<{at: number, party: number}>} */
  #lapsing = [];
  #isSold;
  #heldUntil;
  #random = seededRandom();
  #partyCount;
  #arrived = 0;
  /** Buyers who were refused and look again. @type {number[]} */
  #looking = [];
  /** @type {Line[]} */
  #idle = [];
  #startedAt = performance.now();
  #micros = createHistogram();
  #soldParties = 0;
  #oversales = 0;
  #lateConfirms = 0;
  #requests = 0;
  #burst = { ms: 0, requests: 0 };
  /** @type {Record<string, number>} */
  #unexpected = {};

  /** @param {OnSalePlan} plan */
  constructor(plan) {
    this.#plan = plan;
    this.#partyCount = Math.floor(plan.seats / plan.partySeats);
    this.#free = Array.from({ length: this.#partyCount }, (_, party) => party);
    this.#isSold = new Uint8Array(this.#partyCount);
    this.#heldUntil = new Float64Array(this.#partyCount);
  }

  start() {
    for (let count = 0; count < this.#plan.connections; count += 1) {
      this.#open({ socket: undefined, sentAt: 0, party: 0, buyer: 0, isConfirming: false });
    }
    setInterval(() => this.#tick(), TICK_MS);
  }

  /** In place of the connection that the line had, if it had one. @param {Line} line */
  #open(line) {
    const { hostname, port } = new URL(this.#plan.url);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    const former = line.socket;
    line.socket = socket;
    former?.destroy();
    let received = Buffer.alloc(0);
    socket.on('connect', () => {
      line.sentAt = performance.now();
      this.#next(line);
    });
    socket.on('data', (chunk) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const answer = answerIn(received);
      if (answer === undefined) return;
      received = Buffer.alloc(0);
      this.#answered(line, answer);
    });
    socket.on('close', () => {
      if (line.socket === socket) throw new Error('the server has closed a connection'); // (2)
    });
  }

  #tick() {
    const now = performance.now();
    while ((this.#lapsing[0]?.at ?? Number.POSITIVE_INFINITY) <= now) {
      const lapsed = this.#lapsing.shift();
      if (lapsed !== undefined && this.#isSold[lapsed.party] === 0) this.#free.push(lapsed.party);
    }
    for (const line of this.#idle.splice(0)) {
      if (now - line.sentAt > this.#plan.idleMs) this.#open(line);
      else this.#next(line);
    }
    if (now > this.#startedAt + this.#plan.msMax) this.#report();
  }

  /** The next buyer's turn: one who looks again if there is something to be had, else one who has just come. @param {Line} line */
  #next(line) {
    const buyer = this.#free.length > 0 ? this.#looking.shift() : undefined;
    if (buyer !== undefined) {
      this.#reserve(line, this.#free.pop() ?? 0, buyer);
      return;
    }
    if (this.#arrived < this.#plan.buyers) {
      this.#arrived += 1;
      this.#reserve(line, Math.floor(this.#random() * this.#partyCount), this.#arrived);
      return;
    }
    this.#idle.push(line);
    if (this.#burst.ms === 0) {
      this.#burst = { ms: performance.now() - this.#startedAt, requests: this.#requests };
    }
    const isOver = this.#idle.length === this.#plan.connections && this.#looking.length === 0;
    if (isOver) this.#report();
  }

  /** @param {Line} line @param {number} party @param {number} buyer */
  #reserve(line, party, buyer) {
    const { eventId, partySeats } = this.#plan;
    line.party = party;
    line.buyer = buyer;
    line.isConfirming = false;
    const first = party * partySeats + 1;
    const seats = Array.from({ length: partySeats }, (_, index) => `"${first + index}"`);
    const body = `{"userId":"buyer-${buyer}","seatIds":[${seats}]}`;
    this.#send(line, `/v1/events/${eventId}/reservations`, body);
  }

  /** @param {Line} line @param {string} path @param {string} body */
  #send(line, path, body) {
    line.sentAt = performance.now();
    line.socket?.write(
      `POST ${path} HTTP/1.1\r\nHost: ${new URL(this.#plan.url).host}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
  }

  /** @param {Line} line @param {{status: string, body: string}} answer */
  #answered(line, { status, body }) {
    const now = performance.now();
    this.#requests += 1;
    this.#micros.record(Math.max(1, Math.round((now - line.sentAt) * 1000)));
    if (line.isConfirming) this.#confirmAnswered(line, status);
    else if (status === '201') {
      if (this.#isSold[line.party] === 1) this.#oversales += 1;
      const at = now + this.#plan.holdSeconds * 1000 + LAPSE_SLACK_MS;
      this.#lapsing.push({ at, party: line.party });
      this.#heldUntil[line.party] = at;
      if (this.#decides(line.buyer)) {
        line.isConfirming = true;
        const id = /"id":"([^"]+)"/.exec(body)?.[1];
        this.#send(line, `/v1/reservations/${id}/confirm`, `{"userId":"buyer-${line.buyer}"}`);
        return;
      }
    } else if (status === '409') this.#refused(line, now);
    else this.#unexpected[status] = (this.#unexpected[status] ?? 0) + 1;
    this.#next(line);
  }

  /** @param {Line} line @param {string} status */
  #confirmAnswered(line, status) {
    if (status === '200') {
      if (this.#isSold[line.party] === 1) this.#oversales += 1;
      this.#isSold[line.party] = 1;
      this.#soldParties += 1;
      if (this.#soldParties === this.#partyCount) this.#report();
    } else if (status === '409') {
      this.#lateConfirms += 1;
      this.#looking.push(line.buyer);
    } else this.#unexpected[status] = (this.#unexpected[status] ?? 0) + 1;
  }

  /** The party is somebody's, whose answer may still be on its way; or it was asked for a moment too soon. @param {Line} line @param {number} now */
  #refused({ party, buyer }, now) {
    this.#looking.push(buyer);
    if (this.#isSold[party] === 1 || (this.#heldUntil[party] ?? 0) > now) return;
    setTimeout(() => this.#free.push(party), RETRY_MS);
  }

  /** Scattered, but the same for all contenders: 61 is prime to 100. @param {number} buyer */
  #decides(buyer) {
    return (buyer * 61) % 100 >= this.#plan.abandonPercent;
  }

  #report() {
    const ms = performance.now() - this.#startedAt;
    const burst = this.#burst.ms === 0 ? { ms, requests: this.#requests } : this.#burst;
    const report = {
      soldParties: this.#soldParties,
      oversales: this.#oversales,
      ms,
      burstMs: burst.ms,
      burstRequests: burst.requests,
      requests: this.#requests,
      lateConfirms: this.#lateConfirms,
      unexpected: this.#unexpected,
      p99Ms: this.#micros.percentile(99) / 1000,
    };
    process.stdout.write(JSON.stringify(report), () => process.exit(0));
  }
}

new OnSaleCrowd(JSON.parse(process.argv[2] ?? '')).start();
