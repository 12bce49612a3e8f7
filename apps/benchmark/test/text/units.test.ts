import { expect, it } from 'vitest';
import { age, duration, quantity } from '../../src/text/units.js';

it.each([
  [age(-1), '0s'],
  [age(59.9), '59s'],
  [age(60), '1m'],
  [age(7_199), '1h'],
  [age(400 * 86_400), '400d'],
  [duration(119), '119 s'],
  [duration(3_600 * 3.4), '3.4 h'],
  [quantity(1_234_000, 'B'), '1.23 MB'],
])('formats %s', (shown, wanted) => {
  expect(shown).toBe(wanted);
});
