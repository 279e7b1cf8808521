/** What every scenario is: a name, what it measures, and a run that gives figures. */

/** @typedef {import('../options.mjs').Sizes} Sizes */
/** @typedef {import('../load/load.mjs').GeneratorName} GeneratorName */
/** @typedef {import('../report/figure.mjs').Figure} Figure */

/**
 * @typedef {object} ScenarioContext
 * @property {Sizes} sizes
 * @property {GeneratorName} generator
 * @property {string} server the built `main.js`
 * @property {string} dataRoot
 * @property {readonly import('../contenders/peer.mjs').Peer[]} peers that are installed and wanted
 * @property {boolean} hasErlang
 */

/**
 * @typedef {object} ScenarioResult
 * @property {Figure[]} figures
 * @property {Record<string, Record<string, number>>} statuses answers of Holdfast in all rounds, by variant and status
 */

/**
 * @typedef {object} Scenario
 * @property {string} name
 * @property {string} measures one sentence
 * @property {readonly string[]} notMeasured
 * @property {(context: ScenarioContext) => Promise<ScenarioResult>} run
 */

export {};
