import { poolingColor } from '@ds/palette';
import { useMemo } from 'preact/hooks';
import { percent } from '../ui/percent.js';
import { PlotFigure, type PlotLibrary } from '../ui/plot-figure.js';
import { Problem } from '../ui/problem.js';
import {
  EPOCHS,
  isWorking,
  stop,
  trainAll,
  type WorkRun,
  workError,
  workRuns,
} from './work-runs.js';

/** What a network is called in the plot. */
function nameOf({ pooling, lambda, strides }: WorkRun): string {
  return pooling === 'diffstride' ? `λ ${lambda}` : strides.join(', ');
}

/** Accuracy against work: DiffStride at rising λ, and strided convolutions at rising strides. */
export function WorkPanel() {
  const runs = workRuns.value;
  const done = runs.filter(({ progress }) => isDone(progress)).length;
  const current = runs.find(({ progress }) => progress !== null && !isDone(progress));
  const plot = useMemo(() => workPlot(runs.filter(({ progress }) => isDone(progress))), [done]);
  return (
    <>
      <Problem text={workError.value} />
      <div class="row transport">
        <button type="button" onClick={isWorking.value ? stop : trainAll}>
          {isWorking.value ? 'Stop' : done > 0 ? 'Train them again' : 'Train eight networks'}
        </button>
        <span class="hint" data-testid="work-status">
          {done === 0 && !isWorking.value
            ? 'It takes a minute or two.'
            : `${done} of ${runs.length} trained${
                current ? `; ${nameOf(current)}: step ${current.progress!.step}` : ''
              }.`}
        </span>
        {/* A screen reader does not count the steps. */}
        <span class="visually-hidden" role="status" data-testid="work-announcement">
          {(done > 0 || isWorking.value) && `${done} of ${runs.length} trained.`}
        </span>
      </div>
      <div class="pair">
        <figure>
          <PlotFigure
            label="Test accuracy over multiply-adds of both kinds of network"
            draw={plot}
            height={300}
          />
          <figcaption>
            Up is better, left is cheaper. Each point is a network after {EPOCHS} epochs of 1,200
            digits, tested on 300 others, with one seed: differences of a few points are noise. No
            result of the paper is tested here.
          </figcaption>
        </figure>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls on phones, also by keyboard */}
        <section class="scroll work" tabIndex={0} aria-label="Networks, their work and accuracy">
          <table>
            <thead>
              <tr>
                <th scope="col">network</th>
                <th scope="col">strides now</th>
                <th scope="col">multiply-adds</th>
                <th scope="col">test</th>
              </tr>
            </thead>
            <tbody>
              {runs.map((run) => (
                <tr key={`${run.pooling} ${nameOf(run)}`}>
                  <th scope="row">
                    <span class="dot" style={{ background: poolingColor(run.pooling) }} />
                    {run.pooling === 'diffstride'
                      ? `DiffStride, λ ${run.lambda}`
                      : `strided, ${run.strides.join(', ')}`}
                  </th>
                  <td>{run.progress ? stridesIn(run) : '–'}</td>
                  <td>{run.progress ? `${(run.progress.macs / 1e6).toFixed(2)}\u00a0M` : '–'}</td>
                  <td>
                    {run.progress?.testAccuracy == null ? '–' : percent(run.progress.testAccuracy)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </div>
    </>
  );
}

/** Whether a network has been trained and tested to its end. */
function isDone(progress: WorkRun['progress']): boolean {
  return progress !== null && progress.testedAt === progress.steps;
}

function stridesIn({ progress }: WorkRun): string {
  const digits = (stride: number) => stride.toFixed(stride % 1 === 0 ? 0 : 1);
  return progress!.strides.map(([h, w]) => `${digits(h)}×${digits(w)}`).join(', ');
}

function workPlot(runs: WorkRun[]) {
  const points = runs.map((run) => ({
    kind: run.pooling === 'diffstride' ? 'DiffStride, by λ' : 'strided convolution, by strides',
    name: nameOf(run),
    work: run.progress!.macs / 1e6,
    accuracy: 100 * run.progress!.testAccuracy!,
  }));
  const isEmpty = points.length === 0;
  return (plot: PlotLibrary) => ({
    height: 300,
    marginTop: 26,
    color: {
      domain: ['DiffStride, by λ', 'strided convolution, by strides'],
      range: [poolingColor('diffstride'), poolingColor('conv')],
      legend: true,
    },
    x: {
      label: 'millions of multiply-adds for a digit',
      type: 'log' as const,
      domain: [0.05, 4],
      ticks: [0.1, 0.3, 1, 3],
      tickFormat: '~r',
    },
    y: {
      label: 'test accuracy (%)',
      grid: true,
      domain: [
        Math.min(70, ...points.map(({ accuracy }) => 10 * Math.floor(accuracy / 10 - 0.3))),
        100,
      ],
    },
    marks: [
      plot.line(points, { x: 'work', y: 'accuracy', stroke: 'kind', sort: 'work' }),
      plot.dot(points, { x: 'work', y: 'accuracy', fill: 'kind', r: 5 }),
      // Every second name is below its point, so that neighbours do not cover each other.
      ...[0, 1].map((odd) =>
        plot.text(
          points.filter((_, i) => i % 2 === odd),
          {
            x: 'work',
            y: 'accuracy',
            text: 'name',
            dy: odd ? 14 : -12,
            fill: 'currentColor',
            stroke: 'var(--paper)',
            strokeWidth: 3,
          },
        ),
      ),
      isEmpty
        ? plot.text(['No network is trained yet'], { frameAnchor: 'middle', fill: 'currentColor' })
        : null,
    ],
  });
}
