// Stores the results of the benchmark's `speed` or `speed fft` for the page on speed, and writes
// the figures of `speed` into the hand-written pages:
//   node docs/scripts/store-speed.mjs <its output folder> [--another]
// With `--another`, `speed` ran on another processor, whose results stand beside the main ones.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { PAGES, withMeasuredTexts } from './measured-texts.mjs';

const [folder = '', flag] = process.argv.slice(2);
const kept =
  flag === '--another'
    ? { 'speed.json': 'another.json' }
    : { 'speed.json': 'stored.json', 'fft.json': 'fft.json' };
const found = Object.keys(kept).filter((name) => existsSync(path.join(folder, name)));
if (found.length === 0) {
  console.error('store-speed: needs the folder that `speed` wrote to');
  process.exit(1);
}
for (const name of found) {
  const result = JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
  result.command = result.command.replace(/ --output \S+/, '');
  writeFileSync(
    fileURLToPath(new URL(`../speed/${kept[name]}`, import.meta.url)),
    `${JSON.stringify(result, null, 1)}\n`,
  );
}

// The pages also follow a change of their wording, so they are written after every call.
const read = (name) =>
  JSON.parse(readFileSync(fileURLToPath(new URL(`../speed/${name}`, import.meta.url)), 'utf8'));
const [measured, another] = [read('stored.json'), read('another.json')];
for (const page of PAGES) {
  const file = fileURLToPath(new URL(`../../${page}`, import.meta.url));
  writeFileSync(file, withMeasuredTexts(readFileSync(file, 'utf8'), measured, another));
}
