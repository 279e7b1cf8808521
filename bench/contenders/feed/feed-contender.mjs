/**
 * Whoever brings seat changes to viewers: Holdfast, or what it is measured against. Each heat starts it anew, as a process of
 * its own.
 */

/** @typedef {import('../../processes/child-server.mjs').ChildServer} ChildServer */
/** @typedef {import('../../feed/change-driver.mjs').Change} Change */
/** @typedef {import('../../feed/viewer.mjs').Address} Address */

/** @typedef {ReadonlyArray<{atMicros: number, text: string}>} Recording frames, and when they came */

/**
 * @typedef {object} FeedJob
 * @property {number} seats of the event
 * @property {number} seatsPerGroup that change together
 * @property {number} changesPerSecond in seats
 * @property {number} gatherMs
 */

/**
 * @typedef {object} FeedStanding one that is started, until it is stopped
 * @property {ChildServer} process
 * @property {Address} address of the feed
 * @property {() => Promise<void>} startChanges
 * @property {() => Promise<readonly Change[]>} stopChanges what was changed, and when
 * @property {boolean} isTruth whether one who comes now is shown what all the others have
 * @property {() => Promise<void>} stop in order; throws where it does not end so
 * @property {() => void} abandon at once; harmless after `stop`
 */

/**
 * @typedef {object} FeedContender
 * @property {string} name
 * @property {(job: FeedJob) => Promise<FeedStanding>} start
 */

export {};
