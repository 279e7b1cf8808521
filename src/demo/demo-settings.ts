/** What the demo runs with: the environment's config, made fit for a demo, and the options of its command line. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config.js';
import { type DemoOptions, type DemoOptionTexts, readDemoOptions } from './demo-options.js';

export interface DemoSettings {
  readonly config: Config;
  readonly options: DemoOptions;
}

/**
 * @param environment its config
 * @throws ServerFault `config_invalid`: an option that makes no sense
 */
export function demoSettings(environment: Config, texts: DemoOptionTexts): DemoSettings {
  const options = readDemoOptions(texts);
  return { config: demoConfig(environment, options), options };
}

function demoConfig(environment: Config, options: DemoOptions): Config {
  const { port = environment.port, dataDir = temporaryDir() } = options;
  // A person watches: what is not at least a warning would only run into the live line.
  const logLevel = environment.logLevel === 'info' ? 'warn' : environment.logLevel;
  return Object.freeze({ ...environment, port, logLevel, dataDir });
}

/** Removed when the process ends by itself. */
function temporaryDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-demo-'));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  return dir;
}
