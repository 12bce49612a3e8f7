import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { makeConfig } from '../../src/config/make-config.js';
import { modelOf } from '../../src/network/run-model.js';
import { maskPlot } from '../../src/report/masks.js';
import { page } from '../../src/report/page.js';
import { costSnapshot } from '../../src/run/model-cost.js';
import { runResult } from '../run-result.js';
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
    expect(html).toContain('along frequency (cycles per bin');
  });

  it.each([
    ['resnet18', {}],
    ['resnet18 with a pooling in its stem', { strides: [2, 1, 2, 2, 2], stem: 'imagenet' }],
    ['resnet18 of the paper', { variant: 'original' }],
    ['mobilenet-v2', { model: 'mobilenet-v2' }],
    ['the network for sounds', { dataset: 'sounds', sounds: { layout: 'folder' } }],
  ])('finds the input of every pooling of %s', (_, network) => {
    const fields = { preset: 'smoke', dataset: 'mnist', width: 2, ...network };
    const config = makeConfig(fields as Parameters<typeof makeConfig>[0]);
    const shape: [number, number, number] = [32, 32, 1];
    const sound = { tasks: [{ name: 'class', classes: ['dog', 'rain'] }] };
    const form = { shape, classes: 2, ...(config.dataset === 'sounds' && { sound }) };
    const model = modelOf(config, form);
    const cost = costSnapshot(model, config, shape);
    model.dispose();
    const result = { ...runResult('diffstride', 1, 0.5), config, initial: cost, final: cost };
    const html = page('Masks', maskPlot(result));
    for (const layer of Object.keys(cost.strides)) {
      expect(html).toContain(`>${layer.split('.')[0]}</text>`);
    }
  });

  it('says what it looked for in vain', () => {
    const result = soundResult('diffstride', 1, 0.5);
    result.initial.layers = [];
    expect(() => maskPlot(result)).toThrow(
      'none of block1.conv1, block1.conv, block1.depthwise.conv, block1.bn is in front of block1.pool',
    );
  });
});
