import { describe, expect, it } from 'vitest';
import { clearPlans, MAX_PLANS, RealFft, realFft, realFft2d } from '../src/plan.js';
import { MAX_VALUES } from '../src/plan-cache.js';

describe('the cache of plans', () => {
  it('makes a plan once', () => {
    expect(realFft(12)).toBeInstanceOf(RealFft);
    expect(realFft(12)).toBe(realFft(12));
    expect(realFft2d(3, 4)).toBe(realFft2d(3, 4));
    expect(realFft2d(3, 4)).not.toBe(realFft2d(4, 3));
  });

  it('evicts the least recently used plan', () => {
    clearPlans();
    const [first, second] = [realFft(1), realFft(2)];
    for (let n = 3; n <= MAX_PLANS; n++) realFft(n);
    expect(realFft(1)).toBe(first);
    realFft(MAX_PLANS + 1);
    expect(realFft(1)).toBe(first);
    expect(realFft(2)).not.toBe(second);
    clearPlans();
    expect(realFft(1)).not.toBe(first);
  });

  it('evicts plans of many values before it makes a large one', () => {
    clearPlans();
    // Together they have as many values as a cache holds.
    expect(2 * 2048 * 2048).toBe(MAX_VALUES);
    const [first, second] = [realFft2d(2048, 2048), realFft2d(1024, 4096)];
    expect(realFft2d(2048, 2048)).toBe(first);
    expect(realFft2d(1024, 4096)).toBe(second);
    realFft2d(1, 2);
    expect(realFft2d(1024, 4096)).toBe(second);
    // A failing or negated `toBe` compares all values of both plans, which takes a minute.
    expect(realFft2d(2048, 2048) === first).toBe(false);
    clearPlans();
  });

  it('refuses a wrong length', () => {
    expect(() => realFft(0)).toThrow('realFft: length must be an integer >= 1, got 0');
    expect(() => realFft2d(2, 1.5)).toThrow('realFft2d: width must be an integer >= 1, got 1.5');
  });
});
