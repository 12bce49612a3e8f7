import { describe, expect, it } from 'vitest';
import { dctOutputSizeAt } from '../src/dct-diff-stride.js';
import { dctReductionNote } from '../src/dct-reduction-note.js';

describe('dctReductionNote', () => {
  it('names only the axis that keeps its size', () => {
    const note = dctReductionNote([8, 16], [1.5, 2], { smoothness: 3 });
    expect(note).toContain(
      'every frequency of the height. An axis shrinks only if height: R + 8/S',
    );
    expect(note).toContain('leave a map of 8×16 at 8×10');
  });

  it.each([
    [[16, 16], [2, 2], {}],
    [[16, 16], [1, 1], {}],
    [[16, 16], [1.03, 1.03], {}],
    [[6, 6], [2, 2], { cropping: false }],
    [[1, 1], [2, 2], {}],
  ] as [[number, number], [number, number], object][])(
    'is silent on %j with strides %j and %j',
    (input, strides, options) => {
      expect(dctReductionNote(input, strides, options)).toBeNull();
    },
  );

  it('gives a limit below which an axis shrinks, and above which it does not', () => {
    let checked = 0;
    for (let size = 4; size <= 30; size++) {
      for (const stride of [1.3, 2, 2.7, 5]) {
        const note = dctReductionNote([size, 1], [stride, 1], { smoothness: size });
        const limit = note?.match(/smoothness to ([\d.]+) or less/);
        if (!limit) continue;
        checked += 1;
        const sizeAt = (smoothness: number) =>
          dctOutputSizeAt([size, 1], [stride, 1], { smoothness })[0];
        expect(sizeAt(Number(limit[1]))).toBeLessThan(size);
        expect(sizeAt(Number(limit[1]) + 0.02)).toBe(size);
      }
    }
    expect(checked).toBeGreaterThan(50);
  });
});
