import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';
import { RestartBudget } from '../../src/threads/restart-budget.js';

const { restartBudgets } = readConfig({}).threads;

describe('the restart budget', () => {
  it('stands a kill every second for half a minute', () => {
    const budget = new RestartBudget(restartBudgets);
    const broken = Array.from({ length: 30 }, (_, second) => budget.spend(second * 1000));
    expect(broken.filter((limit) => limit !== undefined)).toEqual([]);
  });

  it('ends a shard that dies as it recovers', () => {
    const budget = new RestartBudget(restartBudgets);
    const broken = Array.from({ length: 6 }, (_, death) => budget.spend(death * 100));
    expect(broken.map((limit) => limit?.windowMs)).toEqual([...Array(5).fill(undefined), 3000]);
  });

  it('ends a shard that dies a little later every time', () => {
    const budget = new RestartBudget(restartBudgets);
    const broken = Array.from({ length: 31 }, (_, death) => budget.spend(death * 1500));
    expect(broken.findIndex((limit) => limit !== undefined)).toBe(30);
  });

  it('forgives what is long ago', () => {
    const budget = new RestartBudget([{ deathsMax: 1, windowMs: 1000 }]);
    expect(budget.spend(0)).toBeUndefined();
    expect(budget.spend(1000)).toBeUndefined();
    expect(budget.spend(1999)).toEqual({ deathsMax: 1, windowMs: 1000 });
  });
});
