/** All cases, by what they are about. */
import { JSON_TRAPS, QUERIES } from './content.js';
import { BODIES, CHUNKS, SMUGGLING } from './framing.js';
import { CONNECTIONS, HOSTS, LINES, SIZES, TYPES } from './headers.js';
import type { HostileCase } from './hostile-case.js';
import { ENCODINGS, METHODS, TARGETS, VERSIONS } from './request-line.js';
import { PIPELINES, SLOW } from './timing.js';

export const CORPUS: Readonly<Record<string, readonly HostileCase[]>> = {
  smuggling: SMUGGLING,
  bodies: BODIES,
  chunks: CHUNKS,
  methods: METHODS,
  versions: VERSIONS,
  targets: TARGETS,
  encodings: ENCODINGS,
  hosts: HOSTS,
  'header lines': LINES,
  sizes: SIZES,
  'types and keys': TYPES,
  connections: CONNECTIONS,
  JSON: JSON_TRAPS,
  queries: QUERIES,
  pipelines: PIPELINES,
  'slow clients': SLOW,
};
