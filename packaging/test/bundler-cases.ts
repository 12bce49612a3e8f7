import { readFile, symlink } from 'node:fs/promises';
import type { Server } from 'node:http';
import path from 'node:path';
import { CHROMIUM, CLOSED_NETWORK, lacksChromium } from '@ds/testing/chromium';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FASTEST_SIMD } from '../../vitest.shared.js';
import type { Project } from '../src/project.js';
import { ROOT, run } from '../src/published-packages.js';
import { filesBySection } from '../src/samples.js';
import { addressOf, serveFolder } from '../src/serve-folder.js';

const BUNDLERS = ['webpack', 'Vite', 'esbuild', 'Rollup'] as const;

/** Vite's `start.js` is webpack's, and Rollup's is esbuild's. */
const START = { webpack: 'webpack', Vite: 'webpack', esbuild: 'esbuild', Rollup: 'esbuild' };

/** The packages that the configurations import. They are those of this package. */
const TOOLS = [
  'webpack',
  'esbuild',
  'rollup',
  '@rollup/plugin-commonjs',
  '@rollup/plugin-node-resolve',
];

/** Runs each configuration, and then the script that copies files, as the page's commands do. */
const BUILD = `

import { cpSync } from 'node:fs';
import webpack from 'webpack';
import { rollup } from 'rollup';
import { build } from 'vite';
const home = process.cwd();
const here = (file) => import('file://' + process.cwd() + '/' + file);
const copy = (to) => { process.argv[2] = to; return here('copy-wasm.js'); };
const within = async (bundler, work) => {
  process.chdir(home + '/bundled/' + bundler);
  const start = performance.now();
  await work();
  console.log(bundler, Math.round(performance.now() - start), 'ms');
};
await within('webpack', async () => {
  const { default: config } = await here('webpack.config.js');
  // Optimisation takes most of the time.
  const optimization = { minimize: false, concatenateModules: false, usedExports: false };
  const compiler = webpack({ ...config, optimization });
  const stats = await new Promise((resolve, reject) => compiler.run((error, stats) => error ? reject(error) : resolve(stats)));
  const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
  const real = [...errors, ...warnings].map(({ message }) => message).filter((message) => !/^(asset|entrypoint) size limit|^webpack performance/.test(message));
  if (real.length > 0) throw new Error(real.join('\\n'));
  await copy('dist');
  cpSync('index.html', 'dist/index.html');
});
await within('Vite', async () => {
  await copy('public');
  await build({ logLevel: 'error' });
});
await within('esbuild', async () => {
  await here('esbuild.js');
  await copy('dist');
  cpSync('index.html', 'dist/index.html');
});
await within('Rollup', async () => {
  const { default: { output, ...input } } = await here('rollup.config.js');
  const bundle = await rollup({ ...input, treeshake: false, onwarn: () => {} });
  await bundle.write(output);
  await copy('dist');
  cpSync('index.html', 'dist/index.html');
});
`;

/** Adds what other packages compute to the result of the page's training. */
const OTHERS = `
import { classifySound } from '@ds/data/audio';
import { rfft2d } from '@ds/fft';
import { realFft } from '@ds/fft/plan';
import { SimdRealFft } from '@ds/fft/simd';
async function others() {
  const sound = Float32Array.from({ length: 800 }, (_, t) => Math.sin(t));
  const [{ task }] = await classifySound((x) => tf.zeros([x.shape[0], 2]), sound, 8000, {
    frontEnd: { sampleRate: 8000, frameLength: 64, hopLength: 32, bands: 8 },
    seconds: 0.1, mean: 0, std: 1, tasks: [{ name: 'side', classes: ['a', 'b'] }],
  });
  const bins = rfft2d(tf.ones([4, 6])).real.shape;
  return { task, bins, vectors: realFft(64) instanceof SimdRealFft };
}
`;

/** Loads a trained network. webpack and Vite find its file by `new URL`, and copy it. */
const WEIGHTS = `
import { loadWeights } from '@ds/weights';
async function weights() {
  const { model, prepare, classes } = await loadWeights('cifar10-resnet18-conv');
  const logits = tf.tidy(() => model.predict(prepare(new Uint8Array(3072))).shape);
  return { animal: classes[3], logits };
}
`;

/** Whether a bundler copies the files that a module names by `new URL`. */
function findsFiles(bundler: (typeof BUNDLERS)[number]): boolean {
  return START[bundler] === 'webpack';
}

/** The result of the page's `train.js`, with that of `OTHERS`. */
interface Trained {
  backend: string;
  kernels: string;
  loss: number[];
  strides: number[];
  task: string;
  bins: number[];
  vectors: boolean;
}

/** Builds the example of the page on bundlers with each of them, and runs it in Chromium. */
export function describeBundlers(projectOf: () => Project): void {
  describe.skipIf(lacksChromium)('the example of the page on bundlers', () => {
    const servers = new Map<string, Server>();
    let browser: Browser;
    let inNode: Trained;

    beforeAll(async () => {
      const project = projectOf();
      const guide = await readFile(path.join(ROOT, 'docs/guide/bundlers.md'), 'utf8');
      const sections = filesBySection(guide);
      const shared = { ...sections['The example'], ...sections['The WebAssembly files'] };
      const trains = shared['train.js']!;
      shared['train.js'] = OTHERS + trains.replace('return {', 'return { ...(await others()),');
      expect(shared['train.js']).not.toBe(OTHERS + trains);
      for (const bundler of BUNDLERS) {
        const own = { ...sections[START[bundler]], ...sections[bundler] };
        if (findsFiles(bundler)) {
          own['train.js'] =
            WEIGHTS +
            shared['train.js'].replace('return { ...', 'return { ...(await weights()), ...');
        }
        await project.write(within(`bundled/${bundler}`, { ...shared, ...own }));
        await symlink(
          path.join(project.folder, 'node_modules'),
          path.join(project.folder, 'bundled', bundler, 'node_modules'),
        );
      }
      const start = `import { useBackend } from '@ds/backend';
import { loadSimd } from '@ds/fft/simd';
export const start = () => loadSimd().then(() => useBackend('wasm'));`;
      const prints =
        "import { train } from './train.js'; console.log(JSON.stringify(await train()));";
      await project.write({
        ...within('bundled/node', { ...shared, 'start.js': start, 'print.js': prints }),
        'bundle.js': BUILD,
      });
      for (const name of TOOLS) {
        const tool = path.join(ROOT, 'packaging/node_modules', name);
        await project.link(name, tool);
      }
      console.log((await project.node('bundle.js')).trim());
      const { stdout } = await run(
        process.execPath,
        [...FASTEST_SIMD, 'bundled/node/print.js'],
        project.folder,
      );
      inNode = JSON.parse(stdout.trim().split('\n').at(-1)!);
      for (const bundler of BUNDLERS) {
        servers.set(
          bundler,
          await serveFolder(path.join(project.folder, 'bundled', bundler, 'dist')),
        );
      }
      const args = [...CLOSED_NETWORK, '--disable-gpu'];
      browser = await chromium.launch({ executablePath: CHROMIUM, args });
    }, 300_000);

    afterAll(async () => {
      await browser?.close();
      for (const server of servers.values()) server.close();
    });

    /** Opens a bundler's page, and returns it with its uncaught errors. */
    const open = async (bundler: string, prepare?: (page: Page) => Promise<void>) => {
      const page = await browser.newPage();
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      await prepare?.(page);
      await page.goto(addressOf(servers.get(bundler)!));
      return { page, complaints };
    };

    it('trains in Node', () => {
      expect(inNode).toMatchObject({ backend: 'wasm', task: 'side', bins: [4, 4], vectors: true });
      expect(inNode.kernels).toMatch(/simd$/);
      expect(inNode.loss[1]).toBeLessThan(inNode.loss[0]!);
      expect(inNode.strides.some((stride) => stride !== 2)).toBe(true);
    });

    it.each(BUNDLERS)(
      '%s: trains in the page and in a worker, with our kernels, to the losses of Node',
      async (bundler) => {
        const { page, complaints } = await open(bundler);
        for (const place of ['page', 'worker']) {
          const text = await page.locator(`#${place}`).textContent({ timeout: 60_000 });
          expect(JSON.parse(text!)).toEqual({
            ...inNode,
            kernels: 'relaxed-simd',
            ...(findsFiles(bundler) && { animal: 'cat', logits: [1, 10] }),
          });
        }
        expect(complaints).toEqual([]);
        await page.close();
      },
    );

    it.each([
      [
        'our kernels are not served',
        'kernels*.wasm',
        { status: 404 },
        /^useBackend: http:\/\/localhost:\d+\/\S*kernels-relaxed\S*\.wasm cannot be read \(status 404\)\. Serve .*useBackend\('wasm', \{ kernels: '\/wasm\/' \}\)$/,
      ],
      [
        'the server returns a page for our kernels',
        'kernels*.wasm',
        { status: 200, contentType: 'text/html', body: '<!doctype html>' },
        /^useBackend: http:\S*kernels-relaxed\S*\.wasm is not a WebAssembly module, but text\/html\. Serve /,
      ],
      [
        'the transforms on vectors are not served',
        'fft*.wasm',
        { status: 404 },
        /^loadSimd: http:\S*fft\S*\.wasm cannot be read \(status 404\)\. Serve .*loadSimd\(\{ module: /,
      ],
      [
        "tfjs's own files are not where setWasmPaths says",
        'tfjs-backend-wasm*.wasm',
        { status: 404 },
        /^useBackend: 'wasm' did not start\. .*setWasmPaths\('\/wasm\/'\).*setWasmPaths\('https:\/\//,
      ],
    ])('if %s, an error says what to do', async (_what, files, answer, message) => {
      const { page, complaints } = await open('esbuild', async (opened) => {
        await opened.route(`**/${files}`, (route) => route.fulfill(answer));
      });
      await expect.poll(() => complaints.length, { timeout: 30_000 }).toBeGreaterThan(0);
      const own = complaints.filter((text) => /useBackend|loadSimd/.test(text));
      expect(own[0]).toMatch(message);
      await page.close();
    });
  });
}

/** Puts files into a folder. */
function within(folder: string, files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [path.join(folder, name), text]),
  );
}
