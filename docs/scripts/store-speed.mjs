// Stores the results of the benchmark's `speed` or `speed fft` for the page on speed:
//   node docs/scripts/store-speed.mjs <its output folder>
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const [folder = ''] = process.argv.slice(2);
const kept = { 'speed.json': 'stored.json', 'fft.json': 'fft.json' };
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
