/**
 * One subject of the `transitions` scenario, in a process of its own: makes its seats, does what the file says, then holds seats that were never touched;
 * prints what that took. Arguments: the subject's module, seats, the file of operations, operations to be done at most, seats to be held.
 */
import { readOperations } from './seat-operations.mjs';

/**
 * @typedef {object} Subject
 * @property {(operations: Uint32Array) => number} run does them, and says how many were accepted
 * @property {(first: number, count: number) => void} hold reserves seats that are free
 */

/**
 * @typedef {object} SubjectReport
 * @property {number} operations
 * @property {number} accepted
 * @property {number} ms
 * @property {number} restBytes a seat
 * @property {number} heldBytes a seat, above that
 */

const [module = '', seatsText, file = '', operationsText, heldText] = process.argv.slice(2);
const seats = Number(seatsText);
const held = Number(heldText);
const operations = readOperations(file).subarray(0, Number(operationsText));

const { start } = await import(module);
// What is made once, whatever the number of seats, is no seat's.
const small = start(1);
const empty = heapBytes();
/** @type {Subject} */
const resting = start(held);
const rested = heapBytes();
resting.hold(1, held);
const holding = heapBytes();

const subject = start(seats);
const startedAt = performance.now();
const accepted = subject.run(operations);
const ms = performance.now() - startedAt;

/** @type {SubjectReport} */
const report = {
  operations: operations.length,
  accepted,
  ms,
  restBytes: (rested - empty) / held,
  heldBytes: (holding - rested) / held,
};
process.stdout.write(JSON.stringify(report), () => process.exit(0));
// Nothing of what was weighed may go before it is weighed.
globalThis.kept = [small, resting];

function heapBytes() {
  if (globalThis.gc === undefined) throw new Error('needs --expose-gc');
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
