import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { maskPlot } from '../../src/report/masks.js';
import { page } from '../../src/report/page.js';
import { soundResult } from '../sound-result.js';

describe('maskPlot', () => {
  it.each([
    [20, 16],
    [2, 1],
    [300, 129],
  ])('of inputs of %i×%i stays within its frames', (height, width) => {
    const result = soundResult('diffstride', 1, 0.5);
    for (const { layers } of [result.initial, result.final]) {
      for (const layer of layers) layer.outputShape = [height, width, 8];
    }
    const html = page('Masks', maskPlot(result));
    const { document } = parseHTML(html);
    const cells = [...document.querySelectorAll('[aria-label="rect"] rect')];
    const at = (cell: Element, name: string) => Number(cell.getAttribute(name));
    expect(cells.length).toBeGreaterThanOrEqual(8);
    // The first frame begins at the margin of 48; all four share 720 pixels.
    expect(Math.min(...cells.map((cell) => at(cell, 'x')))).toBeGreaterThanOrEqual(47);
    expect(Math.max(...cells.map((cell) => at(cell, 'width')))).toBeLessThan(180);
    expect(cells.length).toBeLessThanOrEqual(2 * 4 * 64 * 64);
    expect(html).toContain('along time (cycles per bin');
  });

  it('says what it looked for in vain', () => {
    const result = soundResult('diffstride', 1, 0.5);
    result.initial.layers = [];
    expect(() => maskPlot(result)).toThrow(
      'none of block1.conv1, block1.conv, block1.bn is in front of block1.pool',
    );
  });
});
