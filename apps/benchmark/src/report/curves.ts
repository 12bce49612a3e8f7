import * as Plot from '@observablehq/plot';
import type { ComparisonRow } from '../comparison.js';
import { scoreName, scoreOf } from '../score.js';
import { plotDrawing, poolingColors } from './plot-drawing.js';

/**
 * Test score after each epoch, see `scoreOf`: a line for each run, a thick one for the mean.
 *
 * @throws Error if no run has ended an epoch.
 */
export function accuracyPlot(rows: ComparisonRow[]) {
  const points = rows.flatMap(({ pooling, runs }) =>
    runs.flatMap(({ config, epochs }) =>
      epochs.flatMap(({ epoch, evaluation }) =>
        evaluation
          ? [{ pooling, seed: config.seed, epoch: epoch + 1, accuracy: 100 * scoreOf(evaluation) }]
          : [],
      ),
    ),
  );
  if (points.length === 0) throw new Error('accuracyPlot: no epoch has ended');
  const epochs = Math.max(...points.map(({ epoch }) => epoch));
  return plotDrawing({
    height: 320,
    color: poolingColors(rows.map(({ pooling }) => pooling)),
    x: {
      label: 'epoch',
      domain: [0.9, epochs + 0.1],
      ticks: Math.min(epochs, 10),
      tickFormat: 'd',
    },
    y: { label: `test ${scoreName(rows[0]!.runs[0]!.config)} (%)`, grid: true, nice: true },
    marks: [
      Plot.dot(points, { x: 'epoch', y: 'accuracy', stroke: 'pooling', r: 2.5 }),
      Plot.line(points, {
        x: 'epoch',
        y: 'accuracy',
        stroke: 'pooling',
        z: ({ pooling, seed }) => `${pooling} ${seed}`,
        strokeOpacity: 0.35,
      }),
      Plot.line(
        points,
        Plot.groupX(
          { y: 'mean' },
          { x: 'epoch', y: 'accuracy', stroke: 'pooling', strokeWidth: 2.5, z: 'pooling' },
        ),
      ),
    ],
  });
}

/**
 * Training loss over steps, a running mean of each run.
 *
 * @throws Error if no run has a recorded step.
 */
export function lossPlot(rows: ComparisonRow[]) {
  const points = rows.flatMap(({ pooling, runs }) =>
    runs.flatMap(({ config, steps }) =>
      steps.map(({ step, loss }) => ({ pooling, run: `${pooling} ${config.seed}`, step, loss })),
    ),
  );
  if (points.length === 0) throw new Error('lossPlot: no training step was recorded');
  const longest = Math.max(...rows.flatMap(({ runs }) => runs.map(({ steps }) => steps.length)));
  return plotDrawing({
    height: 320,
    color: poolingColors(rows.map(({ pooling }) => pooling)),
    x: { label: 'training step', ticks: Math.min(longest, 10), tickFormat: 'd' },
    y: { label: 'training loss (nats, running mean)', grid: true, nice: true },
    marks: [
      Plot.line(
        points,
        Plot.windowY(
          { k: Math.max(1, Math.round(longest / 20)), anchor: 'end' },
          { x: 'step', y: 'loss', stroke: 'pooling', z: 'run', strokeOpacity: 0.8 },
        ),
      ),
    ],
  });
}
