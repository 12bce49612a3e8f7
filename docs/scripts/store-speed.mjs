// Keeps what the benchmark's `speed` measured, for the page on speed:
//   node docs/scripts/store-speed.mjs <its output folder>
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const [folder] = process.argv.slice(2);
if (!folder) {
  console.error('store-speed: needs the folder that `speed` wrote to');
  process.exit(1);
}
const result = JSON.parse(readFileSync(path.join(folder, 'speed.json'), 'utf8'));
result.command = result.command.replace(/ --output \S+/, '');
writeFileSync(
  fileURLToPath(new URL('../speed/stored.json', import.meta.url)),
  `${JSON.stringify(result, null, 1)}\n`,
);
