/** The power fails when the server has died: the machine that it is started on next has booted anew. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../../simulation/random.js';
import type { Faults } from './faults.js';

/**
 * What was not synced is lost; with `luck`, some of it.
 *
 * @returns how many sectors were lost
 */
export function losesPower(
  { dataDir }: { readonly dataDir: string },
  faults: Faults,
  luck?: Random,
): number {
  const lost = faults.cutPower(dataDir, luck);
  const synced = join(dataDir, 'synced.json');
  if (existsSync(synced)) {
    const kept = JSON.parse(readFileSync(synced, 'utf8'));
    writeFileSync(synced, JSON.stringify({ ...kept, boot: 'another boot' }));
  }
  return lost;
}
