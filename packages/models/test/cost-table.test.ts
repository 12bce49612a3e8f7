import { useBackend } from '@ds/backend';
import { DiffStride } from '@ds/layers';
import * as tf from '@tensorflow/tfjs';
import { expect, it, vi } from 'vitest';
import { costReport, costTable, resnet18 } from '../src/index.js';

it('prints one row per layer, and the totals of the report', async () => {
  await useBackend('wasm');
  const model = resnet18({ inputShape: [16, 16, 3], classes: 4, width: 8, pooling: 'conv' });
  const report = costReport(model, [16, 16, 3]);
  const lines = costTable(report).split('\n');
  expect(lines).toHaveLength(report.length + 3);
  const cells = (line: string) => line.split('|').map((cell) => cell.trim());
  expect(cells(lines[0]!).slice(1, -1)).toEqual([
    'layer',
    'output',
    'MACs',
    'parameters',
    'activation bytes',
  ]);
  // 3×3 taps of 3 channels for 8 filters at 16×16 pixels.
  expect(cells(lines[2]!).slice(1, -1)).toEqual(['stem.conv', '16×16×8', '55,296', '216', '8,192']);
  const sum = report.reduce((total, { macs }) => total + macs, 0);
  expect(cells(lines.at(-1)!).slice(1, 5)).toEqual([
    '**total**',
    '',
    sum.toLocaleString('en'),
    model.countParams().toLocaleString('en'),
  ]);
  model.dispose();
});

it('says below the table which learned strides do not reduce their map', () => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  const model = tf.sequential({
    layers: [
      new DiffStride({ name: 'pool1', strides: 2, inputShape: [16, 16, 2] }),
      new DiffStride({ name: 'pool2', strides: 2, smoothness: 1 }),
    ],
  });
  const report = costReport(model, [16, 16, 2]);
  expect(report.map(({ outputShape }) => outputShape.slice(0, 2))).toEqual([
    [16, 16],
    [10, 10],
  ]);
  expect(report[1]).not.toHaveProperty('note');
  const [table, notes] = costTable(report).split('\n\n');
  expect(table!.split('\n')).toHaveLength(report.length + 3);
  expect(notes).toMatch(
    /^- pool1: strides \[2, 2\] leave a map of 16×16 at 16×16.*Set smoothness to 3 or less/,
  );
  expect(notes).not.toContain('pool2');
  model.dispose();
});
