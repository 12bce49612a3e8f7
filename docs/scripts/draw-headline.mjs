// Draws the picture of the README: accuracy against multiply-adds, from stored results.
//   node docs/scripts/draw-headline.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { poolingColors } from '@ds/palette';
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { mediumCells, POOLINGS, startsInWords } from './medium-table.mjs';

const folder = fileURLToPath(new URL('../results', import.meta.url));
const starts = mediumCells(folder);
const QUICK = 'quick: 10,000 images, 3 epochs, six starts, 2 seeds';
const MEDIUM = `medium: 50,000 images, 10 epochs, ${startsInWords(starts)}`;
const PANELS = [QUICK, MEDIUM];
const NAMES = ['strided convolution', 'spectral pooling, fixed', 'DiffStride, strides learned'];

const quick = JSON.parse(readFileSync(`${folder}/10-cifar10-quick.json`, 'utf8'))
  .rows.filter(({ strides }) => strides !== 'mean')
  .map((row) => pointOf(QUICK, row.pooling, row, ''));
const medium = starts.flatMap(({ strides, cells }) =>
  cells.flatMap((cell, at) =>
    cell ? [pointOf(MEDIUM, POOLINGS[at], cell, `(${strides.replaceAll(' ', ', ')})`)] : [],
  ),
);
const points = [...quick, ...medium];

function pointOf(panel, pooling, { macs, accuracy }, label) {
  return { panel, pooling: NAMES[POOLINGS.indexOf(pooling)], macs: macs / 1e6, accuracy, label };
}

const { document } = parseHTML('<html></html>');
const drawing = Plot.plot({
  document,
  width: 860,
  height: 380,
  marginBottom: 50,
  marginLeft: 50,
  marginRight: 60,
  style: { background: 'white', color: '#1b1f24', fontSize: '13px' },
  color: { domain: NAMES, range: poolingColors(POOLINGS) },
  x: {
    type: 'log',
    domain: [4.5, 60],
    ticks: [5, 10, 20, 50],
    label: 'multiply-adds per image (millions)',
    labelAnchor: 'center',
    labelOffset: 40,
    grid: true,
    tickFormat: '~g',
  },
  y: { label: 'test accuracy (%)', grid: true, nice: true },
  marks: PANELS.flatMap((panel, index) => {
    const own = points.filter((point) => point.panel === panel);
    return own.length === 0 ? [] : [marksOf(own, index)];
  }).flat(),
});

function marksOf(own, index) {
  const symbol = index === 0 ? 'circle' : 'square';
  return [
    Plot.dot(own, {
      x: 'macs',
      y: 'accuracy',
      symbol,
      r: 5,
      fill: 'pooling',
    }),
    Plot.text(own, {
      x: 'macs',
      y: 'accuracy',
      text: 'label',
      dx: 8,
      textAnchor: 'start',
      fill: '#1b1f24',
    }),
  ];
}

// Legends of Plot are HTML, which an SVG file cannot hold.
const legend = [
  ...NAMES.map((name, i) => [`<circle r="5" fill="${poolingColors(POOLINGS)[i]}"/>`, name]),
  ['<circle r="5" fill="#57606a"/>', QUICK],
  ['<rect x="-4.5" y="-4.5" width="9" height="9" fill="#57606a"/>', MEDIUM],
];
const keys = legend
  .map(([shape, text], i) => {
    const [x, y] = i < 3 ? [60 + 240 * i, 20] : [60 + 390 * (i - 3), 44];
    return `<g transform="translate(${x},${y})">${shape}<text x="12" y="4.5">${text}</text></g>`;
  })
  .join('');
const svg = [
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 450" width="860" height="450" ',
  'font-family="system-ui, sans-serif" font-size="13" fill="#1b1f24">',
  '<title>Test accuracy against multiply-adds of three poolings</title>',
  '<rect width="860" height="450" fill="white"/>',
  keys,
  `<g transform="translate(0,64)" text-anchor="middle">${drawing.innerHTML}</g>`,
  '</svg>\n',
].join('');
writeFileSync(fileURLToPath(new URL('../../assets/accuracy-and-work.svg', import.meta.url)), svg);
