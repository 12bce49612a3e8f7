import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { hoursOf, projectedSteps, projectionSection } from '../scripts/full-size-projection.mjs';

const gpu = JSON.parse(readFileSync(new URL('../speed/gpu.json', import.meta.url), 'utf8'));

it('adds the time of the host for each dispatch to that of the GPU', () => {
  const step = (name: string, sum: number, dispatches: number) => ({
    name,
    dispatches,
    after: { sum },
  });
  const { conv, diffstride, published } = projectedSteps({
    rows: [
      { case: { kind: 'step', pooling: 'diffstride', width: 64, batch: 128 }, timings: {} },
      {
        case: { kind: 'step', pooling: 'conv', width: 64, batch: 128 },
        timings: { 'ds webgpu': { median: 9 }, 'PyTorch, GPU': { median: 3 } },
      },
    ],
    host: { name: 'small', ms: 12, dispatches: 5 },
    gpuTime: [
      step('small', 2, 5),
      step('step: conv, width 64, batch 128', 7, 4),
      step('step: DiffStride, width 64, batch 128', 10, 6),
    ],
    work: { multiplyAdds: { 'R = 1': 4, 'R = 4': 10 } },
  });
  expect([conv, diffstride, published]).toEqual([15, 22, 37]);
});

it('gives the measured step of strided convolutions to a tenth', () => {
  const { conv, measured } = projectedSteps(gpu);
  expect(Math.abs(conv / measured - 1)).toBeLessThan(0.1);
});

it('takes 400 epochs of 391 steps', () => {
  expect(hoursOf(1000)).toBeCloseTo(156_400 / 3600, 9);
  expect(projectionSection(gpu)).toContain(
    '| strided convolutions, measured | 99 ms | 4.3 hours |',
  );
});
