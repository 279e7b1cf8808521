import { describe, expect, it } from 'vitest';
import { isLoopback, readConfig } from '../src/config.js';
import { openFilesIn, openFilesMax } from '../src/lib/open-files.js';
import { ServerFault } from '../src/lib/server-fault.js';
import { runHoldfast, startServer } from './support/server.js';

describe('the config', () => {
  it('has every default of the contract', () => {
    const config = readConfig({});
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      durability: 'sync',
      gatewayCount: 1,
      sessionMs: 120_000,
      logLevel: 'info',
      defaultRows: 10,
      defaultSeatsPerRow: 10,
      gateway: {
        holdMs: 300_000,
        rateLimitPerSecond: undefined,
        adminKey: undefined,
        corsOrigins: [],
        feed: { gatherMs: 50 },
      },
    });
    expect(config.shardCount).toBeGreaterThanOrEqual(1);
  });

  it('is frozen through and through, and crosses to a thread as it is', () => {
    const config = readConfig({ HOLDFAST_CORS_ORIGINS: 'https://a.example' });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.gateway.corsOrigins)).toBe(true);
    expect(Object.isFrozen(config.threads.restartBudgets)).toBe(true);
    expect(structuredClone(config)).toEqual(config);
  });

  it.each([
    ['HOLDFAST_HOLD_SECONDS', '0.001', 1],
    ['HOLDFAST_HOLD_SECONDS', '0.25', 250],
    ['HOLDFAST_HOLD_SECONDS', '7200', 7_200_000],
  ])('%s=%s is %d ms', (name, text, ms) => {
    expect(readConfig({ [name]: text }).gateway.holdMs).toBe(ms);
  });

  it.each([
    ['HOLDFAST_PORT', 'http'],
    ['HOLDFAST_PORT', '65536'],
    ['HOLDFAST_PORT', '-1'],
    ['HOLDFAST_PORT', '80.5'],
    ['HOLDFAST_PORT', ' 80'],
    ['HOLDFAST_SHARDS', '0'],
    ['HOLDFAST_GATEWAYS', '1e3'],
    ['HOLDFAST_HOLD_SECONDS', '0'],
    ['HOLDFAST_HOLD_SECONDS', '7200.1'],
    ['HOLDFAST_HOLD_SECONDS', 'Infinity'],
    ['HOLDFAST_FEED_MS', '60001'],
    ['HOLDFAST_DURABILITY', 'maybe'],
    ['HOLDFAST_RATE_LIMIT', '0'],
    ['HOLDFAST_RATE_LIMIT', 'on'],
    ['HOLDFAST_LOG_LEVEL', 'loud'],
    ['HOLDFAST_DEFAULT_ROWS', '27'],
    ['HOLDFAST_CORS_ORIGINS', 'https://a.example/path'],
    ['HOLDFAST_CORS_ORIGINS', '*'],
    ['HOLDFAST_HOLD_SECS', '5'],
  ])('%s=%s is refused in one line that names it', (name, text) => {
    const fault = faultOf({ [name]: text });
    expect(fault.code).toBe('config_invalid');
    expect(fault.message).toContain(name);
    expect(fault.message).not.toContain('\n');
  });

  it('names every variable that is wrong', () => {
    const { message } = faultOf({ HOLDFAST_PORT: 'x', HOLDFAST_SHARDS: '0', HOLDFAST_NONE: '1' });
    for (const name of ['HOLDFAST_PORT', 'HOLDFAST_SHARDS', 'HOLDFAST_NONE']) {
      expect(message).toContain(name);
    }
  });

  it('takes an empty value for none, and leaves what is not its own alone', () => {
    expect(readConfig({ HOLDFAST_PORT: '', PORT: 'x', HOLDFASTER: 'x' }).port).toBe(8080);
  });

  it('wants an admin key on any address but loopback', () => {
    for (const host of ['0.0.0.0', '::', '192.168.1.5', 'tickets.example']) {
      expect(faultOf({ HOLDFAST_HOST: host }).message).toContain('HOLDFAST_ADMIN_KEY');
      expect(readConfig({ HOLDFAST_HOST: host, HOLDFAST_ADMIN_KEY: 'k' }).host).toBe(host);
    }
  });

  it('knows loopback', () => {
    expect(['127.0.0.1', '127.8.9.1', '::1', 'localhost'].every(isLoopback)).toBe(true);
    expect(['128.0.0.1', '0.0.0.0', '127.0.0.1.example.com', '::'].some(isLoopback)).toBe(false);
  });
});

describe('sockets', () => {
  const read = (env: NodeJS.ProcessEnv, filesMax: number) => {
    const { gateway, gatewayCount, warnings } = readConfig(
      { HOLDFAST_SHARDS: '1', ...env },
      filesMax,
    );
    return {
      viewersMax: gateway.feed.viewersMax,
      files: gateway.connectionsMax * gatewayCount,
      warnings,
    };
  };

  it.each([
    ['one', 20_000, 20_000 - 80 - 1_024],
    ['one', 1_024, 944 - 236],
    ['one', Infinity, 20_000],
    ['four', 20_000, 4_974 - 1_024],
  ])(
    'of %s where %d files may be open are %d by default, without a word',
    (count, filesMax, viewers) => {
      const HOLDFAST_GATEWAYS = count === 'one' ? '1' : '4';
      const { viewersMax, files, warnings } = read({ HOLDFAST_GATEWAYS }, filesMax);
      expect([viewersMax, warnings]).toEqual([viewers, []]);
      expect(files).toBeLessThan(filesMax);
    },
  );

  it.each([1, 64, 100, 256, 1_024, 4_096, 1_048_576])(
    'leave a server with %d files room for what it has open itself, where there is any',
    (filesMax) => {
      const { viewersMax, files } = read({ HOLDFAST_MAX_SOCKETS: '1000000' }, filesMax);
      expect(viewersMax).toBeGreaterThanOrEqual(1);
      expect(files).toBeLessThanOrEqual(Math.max(2, filesMax - 64));
    },
  );

  it('are as many as were asked for, or there is a warning that says why not', () => {
    expect(read({ HOLDFAST_MAX_SOCKETS: '5' }, 20_000)).toMatchObject({
      viewersMax: 5,
      warnings: [],
    });
    expect(read({ HOLDFAST_MAX_SOCKETS: '90000' }, 100_000)).toMatchObject({
      viewersMax: 90_000,
      warnings: [],
    });
    const { viewersMax, warnings } = read({ HOLDFAST_MAX_SOCKETS: '90000' }, 20_000);
    expect(viewersMax).toBe(18_896);
    expect(warnings).toEqual([
      'HOLDFAST_MAX_SOCKETS=90000 is lowered to 18896: the process may have 20000 files open (ulimit -n)',
    ]);
  });

  it('are counted against what the system says', () => {
    const line = 'Max open files            1024                 524288               files     ';
    expect(openFilesIn(`Limit   Soft Limit   Hard Limit   Units\n${line}\n`)).toBe(1_024);
    const unlimited =
      'Max open files            unlimited            unlimited            files     ';
    expect(openFilesIn(unlimited)).toBe(Infinity);
    expect(openFilesMax()).toBeGreaterThan(0);
  });
});

describe('the process', () => {
  it('says that it has lowered what it cannot have, and serves', async () => {
    const server = await startServer({ env: { HOLDFAST_MAX_SOCKETS: '1000000' } });
    const soft = openFilesMax();
    await server.stop();
    const said = server.stderr().includes('HOLDFAST_MAX_SOCKETS=1000000 is lowered to');
    expect(said).toBe(soft < 1_000_000);
  });

  it.each([
    [{ HOLDFAST_PORT: 'nowhere' }, 'HOLDFAST_PORT'],
    [{ HOLDFAST_HOST: '0.0.0.0' }, 'HOLDFAST_ADMIN_KEY'],
  ])('ends with code 2 and one line at %j', async (env, name) => {
    const run = await runHoldfast(['serve'], env);
    expect(run.code).toBe(2);
    expect(run.stderr.trimEnd().split('\n')).toEqual([expect.stringContaining(name)]);
    expect(run.stdout).toBe('');
  });
});

function faultOf(env: NodeJS.ProcessEnv): ServerFault {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ServerFault) return error;
    throw error;
  }
  throw new Error('it was taken');
}
