// Copies the repository's NOTICE into a package before it is packed, as Apache-2.0 requires.
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

copyFileSync(
  fileURLToPath(new URL('../NOTICE', import.meta.url)),
  path.join(process.cwd(), 'NOTICE'),
);
