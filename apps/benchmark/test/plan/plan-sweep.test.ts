import { describe, expect, it } from 'vitest';
import { makeConfig } from '../../src/config/make-config.js';
import type { KindCost } from '../../src/plan/measure-kinds.js';
import { planRun } from '../../src/plan/plan-sweep.js';

const cost: KindCost = {
  label: 'conv',
  configs: [],
  setup: 3,
  step: 0.5,
  evaluation: 0.01,
  shift: 0.02,
  macs: 1_000,
  parameters: 10,
  activationBytes: 100,
  available: { train: 50_000, test: 10_000 },
};

describe('planRun', () => {
  it('adds up steps, evaluations and shifts', () => {
    const config = makeConfig({
      preset: 'quick',
      trainImages: 130,
      testImages: 40,
      batchSize: 64,
      epochs: 2,
    });
    expect(planRun(config, cost, 100)).toEqual({
      setup: 3,
      // Three steps an epoch; 40 images each epoch; as many under shifts.
      work: 2 * 3 * 0.5 + 2 * 40 * 0.01 + 40 * 0.02,
      checkpoint: 3 * 0.5,
      // Forward, and two backward passes; two operations a multiply-add.
      flops: 2 * (3 * 1_000 * 260 + 1_000 * 80),
      steps: 6,
    });
  });

  it('takes all images for as many as the dataset has', () => {
    const plan = planRun(makeConfig({ preset: 'full' }), cost, 100);
    expect(plan.steps).toBe(400 * Math.ceil(50_000 / 128));
    expect(plan.work).toBeCloseTo(plan.steps * 0.5 + 400 * 10_000 * 0.01 + 500 * 0.02, 6);
    expect(plan.checkpoint).toBe(50);
  });

  it('takes no more images than the dataset has', () => {
    const small = { ...cost, available: { train: 8, test: 4 } };
    const config = makeConfig({ preset: 'quick', batchSize: 64, epochs: 3 });
    expect(planRun(config, small, 100)).toMatchObject({
      work: 3 * 0.5 + 3 * 4 * 0.01 + 4 * 0.02,
      steps: 3,
      checkpoint: 0.5,
      flops: 2 * (3 * 1_000 * 3 * 8 + 1_000 * 3 * 4),
    });
  });

  it('scores on all images that are held out', () => {
    // Those of the training set that the measured run was scored on.
    const held = { ...cost, available: { train: 45_000, test: 5_000 } };
    const config = makeConfig({ preset: 'quick', validationImages: 5_000, epochs: 1 });
    const { work, steps } = planRun(config, held, 100);
    expect(config.testImages).toBe(2_000);
    expect(work).toBeCloseTo(steps * 0.5 + 5_000 * 0.01 + 500 * 0.02, 9);
  });
});
