// Draws the picture of the README: accuracy against multiply-adds of the stored medium runs.
//   node docs/scripts/draw-headline.mjs
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { poolingColors } from '@ds/palette';
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { inBrackets, LAMBDA, mediumCells, POOLINGS, startsInWords } from './medium-table.mjs';
import { CURVE_START, penaltyCurve } from './penalty-curve.mjs';
import { placeLabels } from './place-labels.mjs';

const folder = fileURLToPath(new URL('../results', import.meta.url));
const starts = mediumCells(folder);
const NAMES = ['strided convolution', 'spectral pooling, fixed', 'DiffStride, strides learned'];
const INK = '#1b1f24';

/** A point for each pooling and each start that has all poolings. */
const points = starts
  .filter(({ cells }) => cells.every((cell) => cell !== null))
  .flatMap(({ strides, cells }) =>
    cells.map(({ macs, accuracy }, at) => ({
      pooling: NAMES[at],
      start: inBrackets(strides),
      macs: macs / 1e6,
      accuracy,
    })),
  );
// The points of learned strides are close together: one label is enough.
const learned = points.filter(({ pooling }) => pooling === NAMES[2]);
const fixed = points.filter(({ pooling }) => pooling !== NAMES[2]);
const rightmost = learned.toSorted((a, b) => b.macs - a.macs).slice(0, 1);

/** The curve over λ. Points below the picture are named in its text. */
const LOWEST = 76;
const curve = penaltyCurve(folder).map((point) => ({
  ...point,
  pooling: NAMES[2],
  start: `λ ${point.lambda}`,
  macs: point.macs / 1e6,
}));
const drawn = curve.filter(({ accuracy }) => accuracy >= LOWEST);
const others = drawn.filter(({ lambda }) => lambda !== LAMBDA);
const below = curve.filter(({ accuracy }) => accuracy < LOWEST);

const at = { x: 'macs', y: 'accuracy' };
const { document } = parseHTML('<html></html>');
/** The chart with some more marks. Its scales place the labels before they are drawn. */
function chart(marks) {
  return Plot.plot({
    document,
    width: 860,
    height: 360,
    marginBottom: 50,
    marginLeft: 50,
    marginRight: 130,
    style: { background: 'white', color: INK, fontSize: '13px' },
    color: { domain: NAMES, range: poolingColors(POOLINGS) },
    x: {
      type: 'log',
      domain: [4.5, 50],
      ticks: [5, 7, 10, 15, 20, 30, 45],
      label: 'multiply-adds per image (millions)',
      labelAnchor: 'center',
      labelOffset: 40,
      grid: true,
      tickFormat: '~g',
    },
    y: { label: 'test accuracy (%)', grid: true, nice: true, insetBottom: 18 },
    marks: [
      Plot.line(drawn, { ...at, stroke: 'pooling', strokeWidth: 1.5 }),
      Plot.dot(others, { ...at, r: 6, fill: 'white', stroke: 'pooling', strokeWidth: 2 }),
      Plot.dot(points, { ...at, r: 6, fill: 'pooling' }),
      ...marks,
    ],
  });
}

const empty = chart([]);
const pixels = ({ macs, accuracy }) => ({
  x: empty.scale('x').apply(macs),
  y: empty.scale('y').apply(accuracy),
});
// Labels of spectral pooling are above their points if they can, and those of strided
// convolutions below.
const labelled = [...fixed, ...others];
const places = placeLabels(
  labelled.map((point) => ({
    ...pixels(point),
    width: 62,
    height: 15,
    first: point.pooling === NAMES[0] ? 1 : 0,
  })),
  [...points, ...others].map(pixels),
);
const drawing = chart([
  ...labelled.map((point, i) =>
    Plot.text([point], { ...at, text: 'start', fill: INK, ...places[i] }),
  ),
  Plot.text(rightmost, {
    ...at,
    dx: 10,
    textAnchor: 'start',
    fill: INK,
    text: () => 'from every start',
  }),
]);

// Legends of Plot are HTML, which an SVG file cannot hold.
const keys = NAMES.map(
  (name, i) =>
    `<g transform="translate(${60 + 240 * i},20)"><circle r="6" ` +
    `fill="${poolingColors(POOLINGS)[i]}"/><text x="12" y="4.5">${name}</text></g>`,
).join('');
const missing = below
  .map((point) => `; below the picture, ${point.start}: ${point.accuracy.toFixed(1)} %`)
  .join('');
const runs = `ResNet-18 of width 8, CIFAR-10, 10 epochs: ${startsInWords(starts)}. Labels are initial strides.`;
const line = `Filled dots of DiffStride have λ = ${LAMBDA}. The line is DiffStride from ${inBrackets(CURVE_START)} over λ${missing}.`;
const svg = [
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 450" width="860" height="450" ',
  `font-family="system-ui, sans-serif" font-size="13" fill="${INK}">`,
  '<title>Test accuracy against multiply-adds of three poolings</title>',
  '<rect width="860" height="450" fill="white"/>',
  keys,
  `<text x="60" y="48" fill="#57606a">${runs}</text>`,
  `<text x="60" y="68" fill="#57606a">${line}</text>`,
  `<g transform="translate(0,84)" text-anchor="middle">${drawing.innerHTML}</g>`,
  '</svg>\n',
].join('');
writeFileSync(fileURLToPath(new URL('../../assets/accuracy-and-work.svg', import.meta.url)), svg);
