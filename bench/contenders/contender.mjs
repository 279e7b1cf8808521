/**
 * Whoever takes a load: Holdfast, or what it is measured against. Each heat starts it anew, as a process of its own, so that
 * no heat inherits another's memory, files or luck.
 */

/** @typedef {import('../processes/child-server.mjs').ChildServer} ChildServer */
/** @typedef {import('../load/request-sequence.mjs').Requests} Requests */

/**
 * @typedef {object} Workload
 * @property {string} name as the table has it
 * @property {Requests} requests as Holdfast is sent them
 * @property {string} [echoFollowed] where there are follow-ups: text in those answers of an echo that are followed up
 * @property {readonly number[]} statuses that Holdfast may answer with; any other fails the bench
 * @property {boolean} [isTaken] whether seat 1 of every event is taken before the load begins
 */

/**
 * @typedef {object} Standing one that is started and furnished, until it is stopped
 * @property {ChildServer} process
 * @property {Requests} requests what it is to be sent
 * @property {readonly number[]} statuses that are expected
 * @property {() => Promise<Record<string, number>> | undefined} answered requests answered so far, by status, in its own
 *   count; undefined: it does not count
 * @property {(slack: number) => Promise<void>} check throws where what it holds is not what it answered; answers to as many
 *   as `slack` requests may have found nobody there
 * @property {() => Promise<void>} stop in order; throws where it does not end so
 * @property {() => void} abandon at once; harmless after `stop`
 */

/**
 * @typedef {object} Contender
 * @property {string} name
 * @property {(workload: Workload) => Promise<Standing>} start
 */

export {};
