import { describe, expect, it } from 'vitest';
import {
  COLORED_POOLINGS,
  poolingColor,
  poolingColors,
  QUIET,
  SERIES,
  seriesColors,
} from '../src/index.js';

/** The papers of reports, demo and site. */
const PAPERS = ['#fcfcfa', '#14181b'];

/** Linear red, green and blue of a colour, by the definition of sRGB. */
function linear(color: string): number[] {
  return [1, 3, 5].map((at) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.040_45 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
}

/** The contrast of WCAG 2. */
function contrast(one: string, other: string): number {
  const [dark, light] = [one, other]
    .map((color) => {
      const [r, g, b] = linear(color) as [number, number, number];
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    })
    .toSorted((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** What a reader without green or red cones sees, by Viénot, Brettel and Mollon (1999). */
const BLINDNESS = {
  protanopia: [
    [0.112_38, 0.887_62, 0],
    [0.112_38, 0.887_62, 0],
    [0.004_01, -0.004_01, 1],
  ],
  deuteranopia: [
    [0.292_75, 0.707_25, 0],
    [0.292_75, 0.707_25, 0],
    [-0.022_34, 0.022_34, 1],
  ],
};

/** The distance of two colours in gamma-corrected values, of at most √3. */
function distance(matrix: number[][], one: string, other: string): number {
  const [a, b] = [one, other].map((color) =>
    matrix.map(
      (row) =>
        Math.max(
          0,
          linear(color).reduce((sum, value, i) => sum + row[i]! * value, 0),
        ) **
        (1 / 2.2),
    ),
  ) as [number[], number[]];
  return Math.hypot(...a.map((value, i) => value - b[i]!));
}

describe('the palette', () => {
  it.each([...COLORED_POOLINGS.map(poolingColor), ...SERIES])(
    '%s is legible on light and dark paper',
    (color) => {
      for (const paper of PAPERS) expect(contrast(color, paper)).toBeGreaterThan(3);
    },
  );

  it.each(Object.entries(BLINDNESS))(
    'distinguishes conv, spectral and diffstride with %s',
    (_, matrix) => {
      const colors = ['conv', 'spectral', 'diffstride'].map(poolingColor);
      for (const [i, one] of colors.entries())
        for (const other of colors.slice(i + 1))
          expect(distance(matrix, one, other)).toBeGreaterThan(0.15);
    },
  );

  it('gives every known pooling its own colour', () => {
    const colors = [...COLORED_POOLINGS.map(poolingColor), QUIET];
    expect(new Set(colors).size).toBe(colors.length);
  });

  it('gives each series of a figure its own colour, also two of one pooling', () => {
    const names = [
      'conv',
      'conv, circular',
      'max-blur, circular',
      'average',
      'diffstride, one run',
    ];
    const colors = poolingColors(names);
    expect(new Set(colors).size).toBe(names.length);
    expect(colors[1]).toBe(`${poolingColor('conv')}90`);
    expect(colors[4]).toBe(poolingColor('diffstride'));
    expect(new Set(seriesColors(8)).size).toBe(8);
  });

  it('has only names of poolings', () => {
    expect(poolingColor('constructor')).toMatch(/^#[0-9a-f]{6}$/);
  });

  it('gives a pooling of your own the same colour each time, and not that of the main three', () => {
    expect(poolingColor('my-average')).toBe(poolingColor('my-average'));
    for (const name of ['my-average', 'a', '池']) {
      expect(['conv', 'spectral', 'diffstride'].map(poolingColor)).not.toContain(
        poolingColor(name),
      );
    }
  });
});
