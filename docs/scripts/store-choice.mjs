// Writes the table "Which pooling should I use?" into the pages that have it, and the times of
// frozen models into their guide:
//   node docs/scripts/store-choice.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { choiceTable, PAGES, withChoiceTable, withFrozenTimes } from './choice-table.mjs';

for (const { page, poolings } of PAGES) {
  const file = fileURLToPath(new URL(`../../${page}`, import.meta.url));
  writeFileSync(file, withChoiceTable(readFileSync(file, 'utf8'), choiceTable(poolings)));
}
const guide = fileURLToPath(new URL('../guide/freezing.md', import.meta.url));
writeFileSync(guide, withFrozenTimes(readFileSync(guide, 'utf8')));
