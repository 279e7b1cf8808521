/** The rules of the house that a machine can hold it to (STYLE, DESIGN). Each looks at one file and says what breaches it. */

export interface SourceFile {
  /** From the top of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** What is wrong, one line each; empty: nothing. */
export type HouseRule = (file: SourceFile) => readonly string[];

/** What each part of `src` may import from the other parts; a `/` names one file of it. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  domain: ['lib'],
  shard: ['domain', 'lib'],
  desk: ['shard/ports', 'domain', 'lib'],
  store: ['desk/ports', 'shard/ports', 'domain', 'lib'],
  gateway: ['desk', 'domain', 'lib'],
  threads: ['config', 'gateway', 'desk', 'store', 'shard', 'domain', 'lib'],
  client: ['domain', 'lib'],
  web: ['client', 'domain', 'lib'],
  demo: ['client', 'threads', 'config', 'domain', 'lib'],
  // Types only, beside the limits: the shapes of what it hands out.
  config: ['limits', 'gateway/gateway-config', 'desk/desk', 'shard/shard-core', 'lib'],
  limits: ['desk/desk', 'shard/shard-core'],
  main: ['demo', 'config', 'threads', 'store', 'gateway/fact-csv', 'domain', 'lib'],
};

/** Where each vendor's package may be imported; the rest of the code does not know of it. */
const VENDOR_HOMES: Readonly<Record<string, readonly string[]>> = {
  '@asteasolutions/zod-to-openapi': ['gateway'],
  commander: ['main'],
  'csv-stringify': ['gateway'],
  jose: ['gateway'],
  lmdb: ['store'],
  pino: ['lib/log'],
  piscina: ['threads'],
  preact: ['web'],
  'prom-client': ['gateway'],
  'rate-limiter-flexible': ['gateway'],
  'sorted-btree': ['store'],
  standardwebhooks: ['gateway'],
  'swagger-ui-dist': ['gateway'],
  'uWebSockets.js': ['gateway'],
  xstate: ['domain', 'shard'],
  zod: ['gateway', 'config'],
};

/** Of a file of `src`, and of any other: tests tell longer stories. */
const LINES_MAX = { src: 300, other: 400 };

/** Dependencies point one way (DESIGN, "The house"). */
export const importsAgainstTheDirection: HouseRule = (file) => {
  const from = placeOf(file.path);
  if (from === undefined) return [];
  const allowed = MAY_IMPORT[from.part];
  if (allowed === undefined) return [`${from.part}/ is no part of the house`];
  return importsOf(file)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => placeOf(resolve(file.path, specifier)))
    .filter((to) => to !== undefined)
    .filter((to) => to.part !== from.part && !covers(allowed, to))
    .map((to) => `imports ${to.file}`);
};

/** One vendor, one folder. */
export const vendorsOutsideTheirFolder: HouseRule = (file) => {
  const from = placeOf(file.path);
  if (from === undefined) return [];
  return importsOf(file)
    .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
    .map(packageOf)
    .filter((name) => !covers(VENDOR_HOMES[name] ?? [], from))
    .map((name) => `imports ${name}`);
};

/** Whoever starts the core owns its time and its luck. */
export const timeOrLuckInTheCore: HouseRule = (file) =>
  /^src\/(domain|shard)\//.test(file.path)
    ? matches(
        codeOf(file),
        /(?<![.\w])(Date\.now|new Date\(\)|Math\.random|performance\.now|set(?:Timeout|Interval|Immediate)(?!\s*:))/g,
      )
    : [];

export const environmentOutsideConfig: HouseRule = (file) =>
  file.path.startsWith('src/') && file.path !== 'src/config.ts'
    ? matches(codeOf(file), /\bprocess\.env\b/g)
    : [];

/** The log is `lib/log.ts`; browsers' pages have no other. */
export const consoleCalls: HouseRule = (file) =>
  file.path.startsWith('src/') ? matches(codeOf(file), /\bconsole\.\w+/g) : [];

/** Spelled apart, so that this file holds to its own rule. */
export const marksLeftBehind: HouseRule = (file) =>
  matches(
    file.text,
    new RegExp(`\\b(${['FIX' + 'ME', 'TO' + 'DO', 'XX' + 'X'].join('|')})\\b`, 'g'),
  );

export const testsSwitchedOff: HouseRule = (file) =>
  file.path.startsWith('test/')
    ? matches(codeOf(file), /\b(?:it|test|describe)\.(?:only|skip)\(/g)
    : [];

/** Made by the benches from what they measured: as long as there are scenarios. */
const RESULTS_PAGE = 'bench/results/README.md';

export const overlongFiles: HouseRule = (file) => {
  if (file.path === RESULTS_PAGE) return [];
  const count = file.text.trimEnd().split('\n').length;
  const max = file.path.startsWith('src/') ? LINES_MAX.src : LINES_MAX.other;
  return count > max ? [`${count} lines; ${max} at most`] : [];
};

/** Paths of the machine it was written on, and hosts that are none of the reader's business. */
export const machinePaths: HouseRule = (file) =>
  matches(file.text, /(?<![\w.])\/(?:work|root|home\/\w+|farm)\/[\w.-]*/g);

function importsOf(file: SourceFile): string[] {
  const found = codeOf(file).matchAll(
    /(?:^|\n)\s*(?:import|export)\s[^;'"]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g,
  );
  return [...found].map(([, from, bare, dynamic]) => from ?? bare ?? dynamic ?? '');
}

/** `src/gateway/routes/seats.ts` is `gateway/routes/seats` in the part `gateway`. */
function placeOf(path: string): { part: string; file: string } | undefined {
  const file = /^src\/(.+)\.tsx?$/.exec(path)?.[1];
  return file === undefined ? undefined : { part: file.split('/')[0] ?? file, file };
}

function covers(list: readonly string[], place: { part: string; file: string }): boolean {
  return list.includes(place.part) || list.includes(place.file);
}

function resolve(path: string, specifier: string): string {
  const url = new URL(specifier, `file:///${path}`);
  return url.pathname.slice(1).replace(/\.js$/, '.ts');
}

function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** Without comments. */
function codeOf(file: SourceFile): string {
  return file.text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '$1');
}

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([found]) => found);
}
