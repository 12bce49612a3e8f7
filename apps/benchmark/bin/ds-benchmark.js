#!/usr/bin/env node
// The command line, also before it is built: `npx ds-benchmark` in a clone.
import { existsSync } from 'node:fs';

const cli = new URL('../dist/cli.js', import.meta.url);
if (existsSync(cli)) {
  await import(cli.href);
} else {
  console.error('ds-benchmark: it is not built yet. Build it in the root: npm run build');
  process.exitCode = 1;
}
