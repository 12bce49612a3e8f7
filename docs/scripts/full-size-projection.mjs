// What the paper's table of CIFAR-10 would take on one GPU, from the measured steps of full size.

/** The published schedule: epochs, training images, images of a batch, and runs of each pooling. */
const EPOCHS = 400;
const IMAGES = 50_000;
const BATCH = 128;
const RUNS = 18;

/**
 * Milliseconds of a training step of each pooling. The GPU's part was measured by timestamp queries
 * at full size. The host's part is that of a smaller network, whose kernels fill a third of the
 * step, and grows with the number of dispatches.
 */
export function projectedSteps({ rows, gpuTime, host }) {
  const kernels = gpuTime.find(({ name }) => name === host.name).after.sum;
  const perDispatch = (host.ms - kernels) / host.dispatches;
  const step = (name) => {
    const { after, dispatches } = gpuTime.find((one) => one.name === name);
    return after.sum + perDispatch * dispatches;
  };
  const measured = rows.find(({ case: one }) => one.kind === 'step' && one.width === 64);
  return {
    conv: step('step: conv, width 64, batch 128'),
    diffstride: step('step: DiffStride, width 64, batch 128'),
    measured: measured.timings['ds webgpu'].median,
    pytorch: measured.timings['PyTorch, GPU'].median,
  };
}

/** Hours of a run whose steps take so many milliseconds. Evaluation takes a few percent more. */
export function hoursOf(step) {
  return (EPOCHS * Math.ceil(IMAGES / BATCH) * step) / 3_600_000;
}

/** The section of the page. */
export function projectionSection(gpu) {
  const { conv, diffstride, measured, pytorch } = projectedSteps(gpu);
  const hours = (step) => `${hoursOf(step).toFixed(1)} hours`;
  const days = (RUNS * (hoursOf(measured) + 2 * hoursOf(diffstride))) / 24;
  return [
    '## Full size on a GPU: a projection',
    `No run of full size was made. A run takes ${EPOCHS} epochs of ` +
      `⌈${IMAGES.toLocaleString('en')}/${BATCH}⌉ = ${Math.ceil(IMAGES / BATCH)} steps. On an H100 ` +
      `([Speed](/speed#on-a-gpu)), a step of strided convolutions of width 64 from (3, 1, 3) took ` +
      `${measured.toFixed(0)} ms, so a run takes ${hours(measured)} (PyTorch: ${pytorch.toFixed(1)} ` +
      `ms, ${hours(pytorch)}). The step of DiffStride was timed on the GPU alone. The host's part ` +
      `is added by the number of dispatches, which gives ${diffstride.toFixed(0)} ms and ` +
      `${hours(diffstride)} a run. For strided convolutions, the same sum gives ` +
      `${conv.toFixed(0)} ms, ${share(conv, measured)} the measured step. If spectral pooling takes ` +
      `as long as DiffStride, the ${3 * RUNS} runs of the table take ${days.toFixed(0)} days of one ` +
      'H100.',
  ].join('\n\n');
}

function share(projected, measured) {
  const percent = Math.round(100 * Math.abs(projected / measured - 1));
  return `${percent} % ${projected > measured ? 'above' : 'below'}`;
}
