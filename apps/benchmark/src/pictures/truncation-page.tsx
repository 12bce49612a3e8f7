import * as Plot from '@observablehq/plot';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { cellLines, htmlTable } from '../report/html-table.js';
import { page } from '../report/page.js';
import { figure } from '../report/part.js';
import { plotDrawing, poolingColors } from '../report/plot-drawing.js';
import { pictureImage } from './picture.js';
import { TRUNCATION_METHODS, type Truncation, truncated } from './truncation.js';

/** Spectral, max and average pooling at equal kept fractions, as one self-contained HTML page. */
export function truncationPage(
  name: string,
  first: Tensor4D,
  truncations: Truncation[],
  command: string,
): string {
  const [, height, width] = first.shape;
  const shown = [2, 4, 8]
    .map((stride) => 2 * Math.floor(height / stride / 2))
    .filter((n) => n >= 2);
  const rows = [...new Set(shown)].map((side) => [
    cellLines([`${((100 * side ** 2) / (height * width)).toFixed(1)}\u00a0%`, `${side}×${side}`]),
    pictureImage(first.dataSync(), [height, width], 170, 'the whole picture'),
    ...TRUNCATION_METHODS.map((method) => {
      const back = truncated(first, side, method);
      const picture = pictureImage(
        back.dataSync(),
        [height, width],
        170,
        `${method}, ${side}×${side}`,
      );
      back.dispose();
      return picture;
    }),
  ]);
  const body = [
    <h1>What is kept: spectral against max pooling</h1>,
    <p>
      {`${name}, ${height}×${width}. Each picture is reduced to n×n numbers per channel and then ` +
        'enlarged to its old size. Spectral pooling fills the removed frequencies with zeros. Max ' +
        'and average pooling fill each region with its value (Rippel, Snoek & Adams 2015).'}
    </p>,
    htmlTable(['kept', 'original', 'spectral', 'max', 'average'], rows),
    figure(
      'Reconstruction error',
      () => errorPlot(truncations),
      'Relative error ‖x − x̂‖/‖x‖, mean over the images. Spectral pooling keeps even sides only.',
    ),
    <h2>How it was made</h2>,
    <pre>
      <code>{command}</code>
    </pre>,
  ];
  return page('Spectral against max pooling', body);
}

function errorPlot(truncations: Truncation[]) {
  const points = truncations.map(({ kept, method, errors }) => ({
    kept: 100 * kept,
    method,
    error: 100 * (errors.reduce((sum, error) => sum + error, 0) / errors.length),
  }));
  return plotDrawing({
    height: 360,
    color: poolingColors([...TRUNCATION_METHODS]),
    x: { label: 'kept numbers (%)', type: 'log', grid: true, tickFormat: '~g' },
    y: { label: 'relative error (%)', grid: true, zero: true },
    marks: [
      Plot.line(points, { x: 'kept', y: 'error', stroke: 'method', z: 'method' }),
      Plot.dot(points, { x: 'kept', y: 'error', fill: 'method', r: 2.5 }),
    ],
  });
}
