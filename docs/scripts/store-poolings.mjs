// Writes the table of all registered poolings into the pages that have it:
//   node docs/scripts/store-poolings.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { PAGES, poolingsTable, withPoolingsTable } from './poolings-table.mjs';

await tf.setBackend('cpu');
const table = poolingsTable();
for (const page of PAGES) {
  const file = fileURLToPath(new URL(`../../${page}`, import.meta.url));
  writeFileSync(file, withPoolingsTable(readFileSync(file, 'utf8'), table));
}
