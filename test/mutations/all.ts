/** Every mutation there is. */
import { CLAIMS } from './catalogue/claims.js';
import { DISK } from './catalogue/disk.js';
import { HOLDS } from './catalogue/holds.js';
import { KEYS } from './catalogue/keys.js';
import { VIEWS } from './catalogue/views.js';
import type { Mutation } from './mutation.js';

export const ALL: readonly Mutation[] = [...HOLDS, ...CLAIMS, ...DISK, ...KEYS, ...VIEWS];
