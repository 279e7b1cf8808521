/** What the demo runs with: the environment's config, made fit for a demo, and the options of its command line. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config.js';
import { ServerFault } from '../lib/server-fault.js';
import { type DemoOptions, type DemoOptionTexts, readDemoOptions } from './demo-options.js';

export interface DemoSettings {
  readonly config: Config;
  readonly options: DemoOptions;
}

/**
 * @param environment its config
 * @throws ServerFault `config_invalid`: an option that makes no sense, or users who must prove who they are, which the
 *   buyers have nothing for
 */
export function demoSettings(environment: Config, texts: DemoOptionTexts): DemoSettings {
  const options = readDemoOptions(texts);
  if (environment.jwtSecret !== undefined || environment.jwksFile !== undefined) {
    throw new ServerFault('the buyers of the demo have no tokens', {
      code: 'config_invalid',
      hint: 'Unset HOLDFAST_JWT_SECRET and HOLDFAST_JWKS_FILE.',
    });
  }
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
