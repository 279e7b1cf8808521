import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { ControlPort } from '../../src/threads/control-port.js';

interface Sums {
  add: { ask: { a: number; b: number }; answer: number };
  adopt: { ask: { port: MessagePort }; answer: undefined };
}
interface Names {
  name: { ask: null; answer: string };
}

const open: { close(reason: Error): void }[] = [];
afterEach(() => {
  for (const port of open.splice(0)) port.close(new Error('the test is over'));
});

function pair(add: (ask: { a: number; b: number }) => number | Promise<number>) {
  const { port1, port2 } = new MessageChannel();
  const adopted: MessagePort[] = [];
  const sums = new ControlPort<Sums, Names>(port1, {
    add,
    adopt: ({ port }) => {
      adopted.push(port);
    },
  });
  const names = new ControlPort<Names, Sums>(port2, { name: () => 'Ada' });
  open.push(sums, names);
  return { sums, names, adopted };
}

describe('a control port', () => {
  it('answers each question with its own answer, whichever comes first', async () => {
    const { names } = pair(async ({ a, b }) => {
      if (a === 1) await new Promise((resolve) => setImmediate(resolve));
      return a + b;
    });
    const answers = [1, 2, 3].map((a) => names.ask('add', { a, b: 10 }));
    expect(await Promise.all(answers)).toEqual([11, 12, 13]);
  });

  it('is asked from both sides', async () => {
    const { sums, names } = pair(({ a, b }) => a + b);
    expect(await sums.ask('name', null)).toBe('Ada');
    expect(await names.ask('add', { a: 1, b: 1 })).toBe(2);
  });

  it('hands over ports', async () => {
    const { names, adopted } = pair(() => 0);
    const { port1, port2 } = new MessageChannel();
    await names.ask('adopt', { port: port1 }, [port1]);
    adopted[0]?.postMessage('hello');
    expect(await new Promise((resolve) => port2.once('message', resolve))).toBe('hello');
    adopted[0]?.close();
  });

  it('fails what was asked when it is closed, and all that is asked after that', async () => {
    const { names } = pair(() => new Promise<number>(() => undefined));
    const waiting = names.ask('add', { a: 1, b: 1 });
    names.close(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    await expect(names.ask('add', { a: 1, b: 1 })).rejects.toThrow('gone');
  });
});
