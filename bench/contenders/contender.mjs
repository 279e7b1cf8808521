/**
 * Whoever takes a load: Holdfast, or what it is measured against. Each heat starts it anew, as a process of its own, so that
 * no heat inherits another's memory, files or luck.
 */

/** @typedef {import('../load/request-sequence.mjs').Requests} Requests */

/**
 * @typedef {object} Workload
 * @property {string} name as the table has it
 * @property {Requests} requests as Holdfast is sent them
 * @property {string} [echoFollowed] where there are follow-ups: text in those answers of an echo that are followed up
 * @property {readonly number[]} statuses that Holdfast may answer with; any other fails the bench
 * @property {boolean} [isTaken] whether seat 1 of event 0 is taken before the load begins
 * @property {boolean} [picksBest] whether the best available seat is asked for
 * @property {boolean} [followUpFrees] whether each follow-up that succeeds gives the seats back
 * @property {boolean} [warmsUpElsewhere] whether the warm-up has events of its own: one that is cut off leaves seats taken, which a small event would run into
 * @property {number} [holdSeconds] default: the longest there is
 */

/**
 * @typedef {object} Standing one that is started and furnished, until it is stopped
 * @property {string} url
 * @property {() => number} cpuMs user and system time of all its processes since their start
 * @property {Requests} requests what it is to be sent
 * @property {Requests} [warmUpRequests] and before that, where they are others
 * @property {readonly number[]} statuses that are expected
 * @property {() => Promise<Record<string, number>> | undefined} answered requests answered so far, by status, in its own
 *   count; undefined: it does not count
 * @property {() => number} [residentBytes] memory, where it is of interest
 * @property {() => Promise<number> | undefined} taken how many seats are held or booked; undefined: it has none
 * @property {() => Promise<void>} stop in order; throws where it does not end so
 * @property {() => void} abandon at once; harmless after `stop`
 */

/**
 * @typedef {object} Contender
 * @property {string} name
 * @property {(workload: Workload) => Promise<Standing>} start
 */

export {};
