// Builds the site with VitePress. READMEs and stored results become pages, docstrings become the
// reference, and the demo is at /demo/.
import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildWorker } from './build-worker.mjs';
import { makePages } from './make-pages.mjs';

const docs = fileURLToPath(new URL('..', import.meta.url));
const run = (command, ...args) =>
  execFileSync(path.join(docs, 'node_modules', '.bin', command), args, {
    cwd: docs,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });

makePages(docs);
run('typedoc', '--logLevel', 'Warn');
await buildWorker(docs);
run('vitepress', 'build');
cpSync(path.join(docs, '../apps/demo/dist'), path.join(docs, '.vitepress/dist/demo'), {
  recursive: true,
});
