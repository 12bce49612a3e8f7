import * as Plot from '@observablehq/plot';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { htmlTable } from '../report/html-table.js';
import { page } from '../report/page.js';
import { figure } from '../report/part.js';
import { plotDrawing, seriesColors } from '../report/plot-drawing.js';
import { pictureImage } from './picture.js';
import { REGION_KINDS, type RegionKind, type RepeatedPooling } from './regions.js';

/** Distortion of an axis after each pooling: root mean square over draws, in pixels. */
export interface Distortion {
  kind: RegionKind;
  time: number;
  pixels: number;
}

/** A self-contained HTML page with regions of fractional pooling and repeated averages. */
export function regionsPage(
  { name, ratio, draws }: { name: string; ratio: number; draws: number },
  original: Tensor4D,
  poolings: RepeatedPooling[],
  distortions: Distortion[],
  command: string,
): string {
  const [, height, width] = original.shape;
  const first = poolings.map(({ kind, steps }) => ({ kind, ...steps[0]! }));
  const times = Math.max(...poolings.map(({ steps }) => steps.length));
  const shown = [...new Set([1, 2, 4, 6, times])].filter((time) => time <= times);
  const body = [
    <h1>Fractional pooling: its regions, and what they do to a picture</h1>,
    <p>{`${name}, ${height}×${width}; ratio ${ratio.toFixed(3)} (Graham 2014).`}</p>,
    figure(
      'Regions',
      () => (
        <div class="side-by-side">
          {first.map(({ kind, rows, columns }) => (
            <div>
              {regionGrid(rows, columns)}
              <br />
              <span class="note">{kind}</span>
            </div>
          ))}
        </div>
      ),
      'Disjoint regions of one pooling. Their sides are one or two pixels long. ' +
        'Random sequences shuffle ones and twos; pseudorandom ones spread them evenly.',
    ),
    <h2>Averaged again and again</h2>,
    htmlTable(
      ['', 'original', ...shown.map((time) => `${time} ${time === 1 ? 'time' : 'times'}`)],
      poolings.map(({ kind, steps }) => [
        kind,
        pictureImage(original.dataSync(), [height, width], SHOWN, 'the original'),
        ...shown.flatMap((time) => {
          const step = steps[time - 1];
          if (!step) return [];
          const [, h, w] = step.image.shape;
          return [pictureImage(step.image.dataSync(), [h, w], SHOWN, `${kind}, ${time} times`)];
        }),
      ]),
    ),
    <p class="note">Every picture is enlarged to the same size.</p>,
    figure(
      'Distortion of the axes',
      () => distortionPlot(distortions),
      'The distance between the region boundaries and evenly spaced ones, root mean square over ' +
        `all boundaries of ${draws} draws.`,
    ),
    <h2>How it was made</h2>,
    <pre>
      <code>{command}</code>
    </pre>,
  ];
  return page('Regions of fractional pooling', body);
}

/** Side of each picture, in pixels. */
const SHOWN = 98;

/** Side of the drawing of regions, in pixels. */
const DRAWN = 300;

function regionGrid(rows: number[], columns: number[]) {
  const scale = DRAWN / Math.max(rows.at(-1)!, columns.at(-1)!);
  const [height, width] = [rows.at(-1)! * scale, columns.at(-1)! * scale];
  const lines = [
    ...rows.map((y) => `M0 ${(y * scale).toFixed(2)}H${width.toFixed(2)}`),
    ...columns.map((x) => `M${(x * scale).toFixed(2)} 0V${height.toFixed(2)}`),
  ];
  return (
    <svg
      width={width + 2}
      height={height + 2}
      viewBox={`-1 -1 ${width + 2} ${height + 2}`}
      role="img"
      aria-label="regions"
    >
      <path d={lines.join('')} stroke="currentColor" stroke-width="1" fill="none" />
    </svg>
  );
}

function distortionPlot(distortions: Distortion[]) {
  return plotDrawing({
    height: 320,
    color: seriesColors([...REGION_KINDS]),
    x: { label: 'poolings', tickFormat: 'd', ticks: Math.min(10, distortions.length / 2) },
    y: { label: 'distortion (pixels of the original, RMS)', grid: true, zero: true },
    marks: [
      Plot.line(distortions, { x: 'time', y: 'pixels', stroke: 'kind', z: 'kind' }),
      Plot.dot(distortions, { x: 'time', y: 'pixels', fill: 'kind', r: 3 }),
    ],
  });
}
