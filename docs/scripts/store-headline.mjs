// Writes the figures of the stored medium runs into the head of the README:
//   node docs/scripts/store-headline.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { withHeadline } from './headline.mjs';

const file = fileURLToPath(new URL('../../README.md', import.meta.url));
writeFileSync(file, withHeadline(readFileSync(file, 'utf8')));
