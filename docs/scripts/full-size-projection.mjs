// What runs of full size would take on one GPU, from the measured steps of this size.

import { markdownTable } from './markdown-table.mjs';

/** The published schedule: epochs, training images, and images of a batch. */
const EPOCHS = 400;
const IMAGES = 50_000;
const BATCH = 128;

/**
 * Milliseconds of a training step of each pooling. The GPU's part was measured by timestamp queries
 * at full size. The host's part is that of a smaller network, whose kernels fill a third of the
 * step, and grows with the number of dispatches. With the published R = 4, the GPU's part grows
 * with the multiply-adds, which `ds-benchmark cost` counted.
 */
export function projectedSteps({ rows, gpuTime, host, work }) {
  const kernels = gpuTime.find(({ name }) => name === host.name).after.sum;
  const perDispatch = (host.ms - kernels) / host.dispatches;
  const [conv, diffstride] = ['conv', 'DiffStride'].map((name) =>
    gpuTime.find((one) => one.name === `step: ${name}, width 64, batch ${BATCH}`),
  );
  const measured = rows.find(
    ({ case: one }) => one.pooling === 'conv' && one.width === 64 && one.batch === BATCH,
  );
  return {
    conv: conv.after.sum + perDispatch * conv.dispatches,
    diffstride: diffstride.after.sum + perDispatch * diffstride.dispatches,
    published: growth(work) * diffstride.after.sum + perDispatch * diffstride.dispatches,
    measured: measured.timings['ds webgpu'].median,
    pytorch: measured.timings['PyTorch, GPU'].median,
  };
}

/** The multiply-adds with R = 4, by those with R = 1. */
function growth({ multiplyAdds }) {
  return multiplyAdds['R = 4'] / multiplyAdds['R = 1'];
}

/** Hours of training of a run whose steps take this number of milliseconds. */
export function hoursOf(step) {
  return (EPOCHS * Math.ceil(IMAGES / BATCH) * step) / 3_600_000;
}

/** The section of the page. */
export function projectionSection(gpu) {
  const { conv, diffstride, published, measured, pytorch } = projectedSteps(gpu);
  const hours = (step) => `${hoursOf(step).toFixed(1)} hours`;
  const steps = Math.ceil(IMAGES / BATCH);
  return [
    '## Full size on a GPU: a projection',
    `No run of full size was made. A run takes ${EPOCHS} epochs of ` +
      `⌈${IMAGES.toLocaleString('en')}/${BATCH}⌉ = ${steps} steps. The times are of an H100 ` +
      '([Speed](/speed#on-a-gpu)), at width 64 from (3, 1, 3), without evaluation:',
    markdownTable(
      ['network', 'a step', 'a run'],
      [
        ['strided convolutions, measured', `${measured.toFixed(0)} ms`, hours(measured)],
        ['the same in PyTorch, measured', `${pytorch.toFixed(1)} ms`, hours(pytorch)],
        ['DiffStride, R = 1, projected', `${diffstride.toFixed(0)} ms`, hours(diffstride)],
        [
          'DiffStride, R = 4 as published, projected',
          `${published.toFixed(0)} ms`,
          hours(published),
        ],
      ],
    ),
    "The steps of DiffStride with R = 1 were timed on the GPU alone. The host's part is added by the " +
      `number of dispatches. For strided convolutions, this sum gives ${conv.toFixed(0)} ms, ` +
      `${share(conv, measured)} the measured step. With R = 4, maps hardly shrink: the network does ` +
      `${growth(gpu.work).toFixed(1)} times as many multiply-adds as with R = 1, and the projection takes so ` +
      'much more time on the GPU. Spectral pooling was not timed.',
  ].join('\n\n');
}

function share(projected, measured) {
  const percent = Math.round(100 * Math.abs(projected / measured - 1));
  return `${percent} % ${projected > measured ? 'above' : 'below'}`;
}
