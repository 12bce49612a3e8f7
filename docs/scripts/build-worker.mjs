import path from 'node:path';
import { build } from 'vite';

/** The folder of the worker on the site. */
const FOLDER = 'playground-worker';

/**
 * Builds the worker of the playground, with every package that a program may import, into the
 * site's public folder. Vite 8 needs two seconds for it. The Vite of VitePress needs twenty.
 *
 * @param docs the folder of the site's sources
 */
export async function buildWorker(docs) {
  await build({
    configFile: false,
    root: docs,
    publicDir: false,
    logLevel: 'warn',
    // Files find each other under any path of the site.
    base: './',
    build: {
      target: 'es2022',
      outDir: path.join(docs, 'public', FOLDER),
      emptyOutDir: true,
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 600,
      modulePreload: false,
      rolldownOptions: {
        input: { worker: path.join(docs, '.vitepress/theme/playground/worker.ts') },
        output: {
          entryFileNames: '[name].js',
          chunkFileNames: '[name]-[hash].js',
          assetFileNames: '[name]-[hash][extname]',
        },
      },
    },
  });
}
