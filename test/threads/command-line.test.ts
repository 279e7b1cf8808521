import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runHoldfast, startServer, type TestServer } from '../support/server.js';
import { temporaryDir } from '../support/temporary-dir.js';

describe('the command line, beside a server that runs', () => {
  let server: TestServer;
  let env: Record<string, string>;

  beforeAll(async () => {
    server = await startServer();
    env = { HOLDFAST_DATA_DIR: server.dataDir };
    const reserved = await fetch(`${server.url}/v1/events/default/reservations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ userId: '=ada', seatIds: ['A1', 'B2'] }),
    });
    expect(reserved.status).toBe(201);
  });
  afterAll(async () => {
    await server.stop();
  });

  it('verifies what is on disk', async () => {
    const run = await runHoldfast(['verify'], env);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(/^sound \(.*\breservations=1\b.*\)\nstate [0-9a-f]{32}\n$/);
  });

  it('makes a backup that another server can be restored from', async () => {
    const dir = join(temporaryDir(), 'backup');
    expect(await runHoldfast(['backup', dir], env)).toMatchObject({ code: 0, stderr: '' });
    const dataDir = temporaryDir();
    const restored = await runHoldfast(['restore', dir], { HOLDFAST_DATA_DIR: dataDir });
    expect(restored).toMatchObject({ code: 0, stderr: '' });
    const second = await startServer({ dataDir });
    expect(second.readyLine).toContain('recovered=1');
    await second.stop();
  });

  it('restores over nothing', async () => {
    const dir = join(temporaryDir(), 'backup');
    await runHoldfast(['backup', dir], env);
    const run = await runHoldfast(['restore', dir], env);
    expect(run.code).not.toBe(0);
    expect(run.stderr).toContain(server.dataDir);
  });

  it('exports the log of an event, a line a fact, safe for spreadsheets', async () => {
    const run = await runHoldfast(['export', 'default', '--csv'], env);
    const [head, ...lines] = run.stdout.trimEnd().split('\n');
    expect(run.code).toBe(0);
    expect(head).toMatch(/^sequence,at,type,/);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain("'=ada,A1 B2,");
  });

  it('names an event that is not there', async () => {
    const run = await runHoldfast(['export', 'gala', '--csv'], env);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('gala');
  });
});

describe('the command line', () => {
  it.each([[['frobnicate']], [['backup']], [['export', 'default']], [['serve', '--fast']]])(
    'ends with code 2 at %j',
    async (args) => {
      const run = await runHoldfast(args);
      expect(run.code).toBe(2);
      expect(run.stderr).toMatch(/^error: /);
    },
  );

  it('tells what there is, and ends with code 0', async () => {
    const run = await runHoldfast(['--help']);
    expect(run.code).toBe(0);
    for (const command of ['serve', 'backup', 'restore', 'verify', 'export']) {
      expect(run.stdout).toContain(command);
    }
  });

  it.each([['verify'], ['backup']])('%s names a directory that has no store', async (command) => {
    const dataDir = temporaryDir();
    const args = command === 'backup' ? [command, join(dataDir, 'copy')] : [command];
    const run = await runHoldfast(args, { HOLDFAST_DATA_DIR: dataDir });
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(dataDir);
  });
});
