/** The client needs nothing that only Node has: browsers load it as it is compiled. */
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { portsWith } from '../../src/client/ports.js';
import { watch } from '../../src/client/watch.js';
import { ScriptedSocket } from './support/scripted-socket.js';

afterEach(() => vi.unstubAllGlobals());

const ENTRIES = ['watch.ts', 'holdfast-client.ts'].map(
  (name) => new URL(`../../src/client/${name}`, import.meta.url).href,
);

const COMMENTS = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm;

/** Every file that the client loads, and what of it is of Node alone. */
function foreignWords(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const queue = [...ENTRIES];
  for (let url = queue.pop(); url !== undefined; url = queue.pop()) {
    if (found.has(url)) continue;
    const text = readFileSync(new URL(url), 'utf8').replaceAll(COMMENTS, '');
    const imports = [...text.matchAll(/from '([^']+)'/g)].map(([, from = '']) => from);
    const packages = imports.filter((from) => !from.startsWith('.'));
    const words = text.match(/\b(?:Buffer|process|require|setImmediate|global)\b/g) ?? [];
    found.set(url, [...packages, ...words]);
    for (const from of imports) {
      if (from.startsWith('.')) queue.push(new URL(from.replace(/\.js$/, '.ts'), url).href);
    }
  }
  return found;
}

describe('the client', () => {
  it('imports no package and names nothing of Node', () => {
    const found = foreignWords();
    const names = [...found.keys()].map((url) => basename(url));
    expect(names).toContain('feed-link.ts');
    expect([...found.keys()].filter((url) => !existsSync(new URL(url)))).toEqual([]);
    expect([...found].filter(([, words]) => words.length > 0)).toEqual([]);
  });

  it('uses the WebSocket of the platform, and says so where there is none', () => {
    vi.stubGlobal('WebSocket', ScriptedSocket);
    expect(portsWith({}).webSocket).toBe(ScriptedSocket);
    vi.stubGlobal('WebSocket', undefined);
    expect(() => watch('gala', { url: 'http://127.0.0.1:8080' })).toThrow('pass a class');
  });

  it('calls the platform by its own names: time, luck, timers', async () => {
    const { clock, timers, random } = portsWith({ webSocket: ScriptedSocket });
    const startedAt = clock.elapsed();
    expect(random()).toBeLessThan(1);
    const ran: string[] = [];
    const takeBack = timers.after(0, () => ran.push('taken back'));
    takeBack();
    await new Promise<void>((resolve) => timers.after(1, resolve));
    expect(ran).toEqual([]);
    expect(clock.elapsed()).toBeGreaterThanOrEqual(startedAt);
  });
});
