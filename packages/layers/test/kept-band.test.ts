import { describe, expect, it } from 'vitest';
import { bandsOfSize, keptAlong } from '../src/kept-band.js';

describe('bandsOfSize', () => {
  it.each(['published', 'symmetric'] as const)(
    'gives each size that a crop has, %s',
    (alignment) => {
      for (let side = 1; side <= 18; side++) {
        // Along the last axis, and along another one.
        for (const [input, axis] of [
          [[side], 0],
          [[side, 4], 0],
        ] as const) {
          const sizeAt = (reach: number) =>
            keptAlong(input, axis, (distance) => distance < reach, alignment).outputSize;
          const possible = new Set(Array.from({ length: side + 1 }, (_, k) => sizeAt(k + 0.5)));
          possible.delete(0);
          for (let want = 1; want <= side + 3; want++) {
            const size = input.map((_, at) => (at === axis ? want : 4));
            if (possible.has(want)) {
              const isKept = bandsOfSize('op', size, input, alignment)[axis]!;
              expect(keptAlong(input, axis, isKept, alignment).outputSize).toBe(want);
              continue;
            }
            const below = Math.max(...[...possible].filter((one) => one < want), 0);
            const above = Math.min(...[...possible].filter((one) => one > want), 99);
            const nearest = [below, above].filter((one) => possible.has(one)).join(' and ');
            expect(() => bandsOfSize('op', size, input, alignment)).toThrow(
              `op: outputSize must be a size that a crop of [${input}] can give ` +
                `(nearest: ${nearest}), got ${want}`,
            );
          }
        }
      }
    },
  );

  it('takes long axes', () => {
    const sides = [2 ** 18, 2 ** 18];
    const bands = bandsOfSize('op', [1000, 1000], sides, 'published');
    for (const axis of [0, 1]) {
      expect(keptAlong(sides, axis, bands[axis]!, 'published').outputSize).toBe(1000);
    }
  });
});
