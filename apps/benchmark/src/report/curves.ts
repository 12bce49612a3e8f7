import * as Plot from '@observablehq/plot';
import type { RunResult } from '../run/run-result.js';
import type { ComparisonRow } from '../statistics/comparison.js';
import { fullScoreName, scoreOf } from '../statistics/score.js';
import { integerTicks } from './integer-ticks.js';
import { plotDrawing, poolingColors } from './plot-drawing.js';
import { percentAxis, valueAxis } from './value-axis.js';

/** A curve with at most this many points has a dot at each of them. */
const FEW_POINTS = 20;

/** The tests of a run: after how many epochs and seconds of training, and their scores. */
function testsOf({ epochs }: RunResult) {
  let seconds = 0;
  return epochs.flatMap((one) => {
    seconds += one.seconds;
    const { epoch, evaluation } = one;
    return evaluation ? [{ epoch: epoch + 1, seconds, accuracy: 100 * scoreOf(evaluation) }] : [];
  });
}

function testsOfRows(rows: ComparisonRow[]) {
  return rows.flatMap(({ pooling, runs }) =>
    runs.flatMap((run) =>
      testsOf(run).map((test) => ({ ...test, pooling, run: `${pooling} ${run.config.seed}` })),
    ),
  );
}

function scoreAxis(rows: ComparisonRow[], scores: { accuracy: number }[]): Plot.ScaleOptions {
  const label = `${fullScoreName(rows[0]!.runs[0]!.config)} (%)`;
  return percentAxis(
    label,
    scores.map(({ accuracy }) => accuracy),
  );
}

/**
 * Test score after each epoch, see `scoreOf`: a line for each run, a thick one for the mean.
 *
 * @throws Error if no run has ended an epoch.
 */
export function accuracyPlot(rows: ComparisonRow[]) {
  const points = testsOfRows(rows);
  if (points.length === 0) throw new Error('accuracyPlot: no epoch has ended');
  const epochs = Math.max(...points.map(({ epoch }) => epoch));
  return plotDrawing({
    height: 320,
    color: poolingColors(rows.map(({ pooling }) => pooling)),
    x: {
      label: 'epoch',
      domain: [0.9, epochs + 0.1],
      ticks: integerTicks(1, epochs, 10),
      tickFormat: 'd',
    },
    y: scoreAxis(rows, points),
    marks: [
      Plot.dot(points, { x: 'epoch', y: 'accuracy', stroke: 'pooling', r: 2.5 }),
      Plot.line(points, {
        x: 'epoch',
        y: 'accuracy',
        stroke: 'pooling',
        z: 'run',
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
 * Test score against the time in training steps, a line for each run.
 *
 * @throws Error if no run has ended an epoch.
 */
export function timePlot(rows: ComparisonRow[]) {
  const points = testsOfRows(rows);
  if (points.length === 0) throw new Error('timePlot: no epoch has ended');
  const longest = Math.max(...points.map(({ seconds }) => seconds));
  const [unit, length] =
    longest > 7200 ? ['hours', 3600] : longest > 120 ? ['minutes', 60] : ['seconds', 1];
  const timed = points.map((point) => ({ ...point, time: point.seconds / length }));
  return plotDrawing({
    height: 320,
    color: poolingColors(rows.map(({ pooling }) => pooling)),
    x: { label: `time in training steps (${unit})`, grid: true, nice: true, zero: true },
    y: scoreAxis(rows, points),
    marks: [
      Plot.line(timed, {
        x: 'time',
        y: 'accuracy',
        stroke: 'pooling',
        z: 'run',
        strokeOpacity: 0.6,
      }),
      Plot.dot(timed, { x: 'time', y: 'accuracy', fill: 'pooling', r: 3 }),
    ],
  });
}

/**
 * Test score against multiply-adds at the final strides: a ring for each run, a dot for the mean.
 */
export function macsPlot(rows: ComparisonRow[], thing: string) {
  const runs = rows.flatMap(({ pooling, runs: each }) =>
    each.map((run) => ({ pooling, macs: run.final.macs / 1e6, accuracy: 100 * scoreOf(run) })),
  );
  const means = rows.map(({ pooling, macs, accuracy }) => ({
    pooling,
    macs: macs / 1e6,
    accuracy: 100 * accuracy,
  }));
  return plotDrawing({
    height: 320,
    color: poolingColors(rows.map(({ pooling }) => pooling)),
    x: valueAxis(
      `multiply-adds per ${thing} (millions)`,
      runs.map(({ macs }) => macs),
      { lowest: 0 },
    ),
    y: scoreAxis(rows, runs),
    marks: [
      Plot.dot(runs, { x: 'macs', y: 'accuracy', stroke: 'pooling', r: 3 }),
      Plot.dot(means, { x: 'macs', y: 'accuracy', fill: 'pooling', r: 5 }),
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
      steps.map(({ step, loss }) => ({
        pooling,
        run: `${pooling} ${config.seed}`,
        step: step + 1,
        loss,
      })),
    ),
  );
  if (points.length === 0) throw new Error('lossPlot: no training step was recorded');
  const longest = Math.max(...rows.flatMap(({ runs }) => runs.map(({ steps }) => steps.length)));
  const last = Math.max(...points.map(({ step }) => step));
  const isShort = longest <= FEW_POINTS;
  const mean = Plot.windowY(
    { k: Math.max(1, Math.round(longest / 20)), anchor: 'end' },
    { x: 'step', y: 'loss', stroke: 'pooling', z: 'run' },
  );
  return plotDrawing({
    height: 320,
    color: poolingColors(rows.map(({ pooling }) => pooling)),
    x: {
      label: 'training step',
      ticks: isShort ? integerTicks(1, last, 10) : integerTicks(0, last, 10),
      domain: isShort ? [0.9, last + 0.1] : [0, last],
      tickFormat: 'd',
    },
    y: valueAxis(
      'training loss (nats, running mean)',
      points.map(({ loss }) => loss),
      { lowest: 0 },
    ),
    marks: [
      Plot.line(points, { ...mean, strokeOpacity: 0.8 }),
      ...(isShort ? [Plot.dot(points, { ...mean, r: 2.5 })] : []),
    ],
  });
}
