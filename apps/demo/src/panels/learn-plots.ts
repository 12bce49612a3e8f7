import type { PlotLibrary } from '../ui/plot-figure.js';
import { colorOf, runs } from './learn-runs.js';

/** The number of steps over which the loss is averaged. */
const WINDOW = 12;

/** The running mean of the loss and the test accuracy of both runs. */
export function lossPlot() {
  const lines = runs.flatMap((run) =>
    run.history
      .peek()
      .slice(1)
      .map((progress, i, all) => {
        const window = all.slice(Math.max(0, i - WINDOW + 1), i + 1);
        const loss = window.reduce((sum, each) => sum + each.loss, 0) / window.length;
        return { run: run.name, step: progress.step, loss, test: progress.testAccuracy };
      }),
  );
  const steps = runs[0].now?.steps;
  if (steps === undefined) return null;
  const isEmpty = lines.length === 0;
  return (plot: PlotLibrary) => ({
    color: { domain: runs.map(({ name }) => name), range: runs.map(colorOf) },
    x: { label: 'step', ...(isEmpty && { domain: [0, steps] }) },
    y: { label: 'loss (nats), accuracy (share)', grid: true, domain: [0, 2.5], clamp: true },
    marks: [
      plot.line(lines, { x: 'step', y: 'loss', stroke: 'run', strokeWidth: 2 }),
      plot.line(
        lines.filter(({ test }) => test !== null),
        { x: 'step', y: 'test', stroke: 'run', strokeDasharray: '4 3' },
      ),
      isEmpty ? plot.text(['Press Start'], { frameAnchor: 'middle', fill: 'currentColor' }) : null,
    ],
  });
}

/** The paths of both runs' strides in the plane of S_w and S_h. */
export function pathPlot() {
  const points = runs.flatMap((run) =>
    run.history.peek().flatMap(({ step, strides: pairs }) =>
      pairs.map(([height, width], layer) => ({
        run: run.name,
        path: `${run.name} ${layer}`,
        layer: `pooling ${layer + 1}`,
        step,
        height,
        width,
      })),
    ),
  );
  if (points.length === 0) return null;
  const values = points.flatMap(({ height, width }) => [height, width]);
  const domain = [Math.max(1, Math.min(...values) - 0.2), Math.max(...values) + 0.2];
  return (plot: PlotLibrary) => ({
    height: 260,
    marginRight: 28,
    color: { domain: runs.map(({ name }) => name), range: runs.map(colorOf) },
    x: { label: 'stride across', domain, grid: true },
    y: { label: 'stride down', domain, grid: true },
    marks: [
      plot.link([0], {
        x1: domain[0],
        y1: domain[0],
        x2: domain[1],
        y2: domain[1],
        strokeOpacity: 0.2,
      }),
      plot.line(points, { x: 'width', y: 'height', stroke: 'run', z: 'path', strokeWidth: 2 }),
      // Where both runs start from the same strides, their rings are inside each other.
      ...runs.map(({ name }, i) =>
        plot.dot(
          points.filter(({ step, run }) => step === 0 && run === name),
          { x: 'width', y: 'height', stroke: 'run', r: 8 - 3 * i },
        ),
      ),
      plot.text(
        points.filter(({ step }) => step === 0),
        {
          x: 'width',
          y: 'height',
          text: 'layer',
          dy: -16,
          fill: 'currentColor',
          stroke: 'var(--paper)',
          strokeWidth: 3,
        },
      ),
    ],
  });
}
