// Before a package is packed: puts the repository's NOTICE beside its licence, as Apache-2.0 asks.
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

copyFileSync(
  fileURLToPath(new URL('../NOTICE', import.meta.url)),
  path.join(process.cwd(), 'NOTICE'),
);
