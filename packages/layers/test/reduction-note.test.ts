import { describe, expect, it } from 'vitest';
import { reductionNote } from '../src/reduction-note.js';
import { outputSizeAt } from '../src/stride-bands.js';

const noteOf = (
  input: [number, number],
  strides: [number, number],
  options: Parameters<typeof reductionNote>[2] = {},
) => reductionNote(input, strides, options);

describe('reductionNote', () => {
  it('gives the equation, and the largest smoothness that reduces', () => {
    expect(noteOf([16, 16], [2, 2])).toBe(
      'strides [2, 2] leave a map of 16×16 at 16×16. With smoothness R = 4 the masks keep every ' +
        'frequency of the height and the width. An axis shrinks only if ' +
        'height: R + 16/(2·S) <= 7, width: R + 16/(2·S) <= 7. ' +
        'Set smoothness to 3 or less, or larger strides.',
    );
  });

  it('names only the axis that keeps its size', () => {
    const note = noteOf([16, 64], [1.5, 2]);
    expect(note).toContain('every frequency of the height. An axis shrinks only if height: R');
    expect(note).toContain('leave a map of 16×64 at 16×40');
  });

  it('gives the limit of masks at their smallest, which larger strides do not change', () => {
    expect(noteOf([7, 5], [3, 3], { smoothness: 0.16 })).toMatch(
      /An axis shrinks only if width: R \+ 1 <= 1\. Set smoothness to 0\.$/,
    );
    expect(noteOf([7, 5], [3, 3], { smoothness: 0 })).toBeNull();
  });

  it('asks for both where one axis needs strides and the other a smoothness', () => {
    expect(noteOf([8, 5], [1.2, 3])).toMatch(/Set larger strides, and smoothness to 0\.$/);
    expect(noteOf([8, 5], [3, 3], { smoothness: 0 })).toBeNull();
  });

  it('advises a smoothness that reduces, also where float32 rounds the limit up', () => {
    const note = noteOf([64, 7], [2, 2.5], { smoothness: 1 });
    expect(note).toContain('Set smoothness to 0.59 or less');
    expect(noteOf([64, 7], [2, 2.5], { smoothness: 0.59 })).toBeNull();
  });

  it('asks for larger strides if no smoothness helps', () => {
    expect(noteOf([8, 8], [1.2, 1.2])).toContain('No smoothness does this at these strides');
  });

  it.each([
    [[16, 16], [2, 2], { smoothness: 3 }],
    [[16, 16], [1, 1], {}],
    [[16, 16], [1.03, 1.03], {}],
    [[16, 16], [2, 2], { cropping: false }],
    [[1, 1], [2, 2], {}],
  ] as [[number, number], [number, number], object][])(
    'is silent on %j with strides %j and %j',
    (input, strides, options) => {
      expect(noteOf(input, strides, options)).toBeNull();
    },
  );

  it('takes axes too long for the arguments of a function', () => {
    const note = noteOf([150_000, 4], [2, 2], { smoothness: 1e6 });
    expect(note).toContain('height: R + 150000/(2·S) <= 74999');
  });

  it('gives a limit below which the axes shrink, and above which they do not', () => {
    let checked = 0;
    for (const alignment of ['published', 'symmetric'] as const) {
      for (let size = 4; size <= 41; size++) {
        for (const stride of [1.3, 2, 2.7, 5]) {
          const input: [number, number] = [size, size];
          const strides: [number, number] = [stride, stride];
          const full = [size, 2 * Math.floor(size / 2)];
          const at = (smoothness: number) =>
            outputSizeAt(input, strides, { smoothness, alignment });
          const note = noteOf(input, strides, { smoothness: size, alignment });
          const limit = note?.match(/smoothness to ([\d.]+) or less/);
          if (!limit) continue;
          const most = Number(limit[1]);
          checked += 1;
          const named = [0, 1].filter((axis) => note!.includes(['height:', 'width:'][axis]!));
          const isFull = (smoothness: number) =>
            named.map((axis) => at(smoothness)[axis] === full[axis]);
          expect(isFull(most), `${input} at ${most}`).not.toContain(true);
          expect(isFull(most + 0.02), `${input} above ${most}`).toContain(true);
        }
      }
    }
    expect(checked).toBeGreaterThan(100);
  });
});
