import { useBackend } from '@ds/backend';
import { expect, it } from 'vitest';
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
