// Writes the table "Which pooling should I use?" into the pages that have it:
//   node docs/scripts/store-choice.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { choiceTable, PAGES, withChoiceTable } from './choice-table.mjs';

for (const { page, poolings } of PAGES) {
  const file = fileURLToPath(new URL(`../../${page}`, import.meta.url));
  writeFileSync(file, withChoiceTable(readFileSync(file, 'utf8'), choiceTable(poolings)));
}
