import { describe, expect, it } from 'vitest';
import { Inbox } from '../../src/threads/inbox.js';
import { FarEnd, quiet } from './ports.js';

describe('an inbox', () => {
  it('gives what was delivered and what still waits in the port, in the order of posting', async () => {
    const far = new FarEnd<string, number>();
    const inbox = new Inbox<number, string>(far.near, () => undefined);
    far.send(1);
    far.send(2);
    await quiet();
    far.send(3);
    far.send(4);
    expect(inbox.drain()).toEqual([1, 2, 3, 4]);
    expect(inbox.drain()).toEqual([]);
    inbox.close();
  });

  it('gives no more than was asked for, and keeps the rest in order', async () => {
    const far = new FarEnd<string, number>();
    const inbox = new Inbox<number, string>(far.near, () => undefined);
    for (const number of [1, 2, 3]) far.send(number);
    await quiet();
    for (const number of [4, 5]) far.send(number);
    expect(inbox.drain(2)).toEqual([1, 2]);
    expect(inbox.drain(2)).toEqual([3, 4]);
    expect(inbox.drain(2)).toEqual([5]);
    inbox.close();
  });

  it('says at every message that there is something to drain', async () => {
    let count = 0;
    const far = new FarEnd<string, number>();
    const inbox = new Inbox<number, string>(far.near, () => {
      count += 1;
    });
    far.send(1);
    far.send(2);
    await quiet();
    expect(count).toBe(2);
    inbox.close();
  });

  it('still has what the other side posted before it was closed', async () => {
    const far = new FarEnd<string, number>();
    const inbox = new Inbox<number, string>(far.near, () => undefined);
    for (let number = 0; number < 3000; number += 1) far.send(number);
    far.close();
    await quiet();
    expect(inbox.drain()).toHaveLength(3000);
    inbox.close();
  });
});
