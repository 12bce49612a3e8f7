import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CHROMIUM, CLOSED_NETWORK, lacksChromium } from '@ds/testing/chromium';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { makePictures, makeSounds } from '../src/guide-data.js';
import { Project } from '../src/project.js';
import { entriesOf, publishedPackages, ROOT, run } from '../src/published-packages.js';
import { commandsOf, samplesOf } from '../src/samples.js';

const FLAGS = [...CLOSED_NETWORK, '--disable-gpu'];

/** Flags for a short run. The runs of a guide take minutes. */
const QUICK = '--epochs 1 --width 2 --replicas 1';

/** TypeScript that uses the types of every package. */
const TYPED = `
import * as tf from '@tensorflow/tfjs';
import { type BackendInfo, useBackend } from '@ds/backend';
import { batches } from '@ds/data/batches';
import { type HalfSpectrum, rfft2d } from '@ds/fft';
import { RealFft } from '@ds/fft/plan';
import { DiffStride } from '@ds/layers';
import { diffStride } from '@ds/layers/ops';
import { verticalMask } from '@ds/masks';
import { freezeStrides, resnet18, strideVariables } from '@ds/models';
import { complexityLoss } from '@ds/regularizer';
import { sgd, train } from '@ds/train';

export async function all(): Promise<number[]> {
  const info: BackendInfo = await useBackend('cpu');
  const spectrum: HalfSpectrum = rfft2d(tf.ones([4, 4]));
  const plan: RealFft = new RealFft(5);
  const layer: tf.layers.Layer = new DiffStride({ strides: [2, 2] });
  const mask: tf.Tensor1D = verticalMask(8, tf.scalar(2), 1);
  const y: tf.Tensor4D = diffStride(tf.ones([1, 8, 8, 1]), tf.tensor1d([2, 2]), { smoothness: 1 });
  const model: tf.LayersModel = resnet18({ inputShape: [32, 32, 3], classes: 2, width: 4 });
  const variables = strideVariables(model).map(({ variable }) => variable as tf.Variable<tf.Rank.R1>);
  const penalty: () => tf.Scalar = complexityLoss(() => variables, 0.1);
  // @ts-expect-error: a stride is a number
  new DiffStride({ strides: ['two', 2] });
  return [info.name.length, spectrum.real.size, plan.bins, layer.weights.length, mask.size, y.size, penalty().size, [batches, freezeStrides, sgd, train].length];
}
`;

/** One training step on wasm, for a page and for a worker. */
const COMPUTES = `
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { useBackend } from '@ds/backend';
import { classifySound } from '@ds/data/audio';
import { rfft2d } from '@ds/fft';
import { DiffStride } from '@ds/layers';

export async function compute() {
  setWasmPaths(new URL('/', self.location.href).href);
  const { name, kernels } = await useBackend('wasm');
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', inputShape: [16, 16, 1] }),
      new DiffStride({ strides: [2, 2], smoothness: 2 }),
      tf.layers.activation({ activation: 'relu' }),
      tf.layers.globalAveragePooling2d({}),
      tf.layers.dense({ units: 2, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: tf.train.sgd(1), loss: 'categoricalCrossentropy' });
  await model.fit(tf.randomNormal([4, 16, 16, 1]), tf.tensor2d([[0, 1], [1, 0], [0, 1], [1, 0]]), { verbose: 0 });
  const strides = model.layers[1].getWeights()[0].arraySync();
  const sound = Float32Array.from({ length: 800 }, (_, t) => Math.sin(t));
  const [{ task }] = await classifySound((x) => tf.zeros([x.shape[0], 2]), sound, 8000, {
    frontEnd: { sampleRate: 8000, frameLength: 64, hopLength: 32, bands: 8 },
    seconds: 0.1, mean: 0, std: 1, tasks: [{ name: 'side', classes: ['a', 'b'] }],
  });
  return { name, kernels, task, moved: strides.some((s) => s !== 2), bins: rfft2d(tf.ones([4, 6])).real.shape };
}
`;

describe('all packages in one project', () => {
  let project: Project;
  beforeAll(async () => {
    project = await Project.create({ type: 'module' });
    const repository = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'));
    const { vite } = JSON.parse(
      await readFile(path.join(ROOT, 'packaging/package.json'), 'utf8'),
    ).devDependencies;
    await project.install(
      ...Object.values(inject('tarballs')),
      '@tensorflow/tfjs@4.22.0',
      '@tensorflow/tfjs-backend-wasm@4.22.0',
      '@types/node@20',
      `typescript@${repository.devDependencies.typescript}`,
      `vitest@${repository.devDependencies.vitest}`,
      `vite@${vite}`,
    );
  }, 300_000);
  afterAll(() => project?.remove());

  it('has one copy of tfjs', async () => {
    for (const name of ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers']) {
      expect(await project.copiesOf(name)).toHaveLength(1);
    }
  });

  it.each([
    ['node16', 'node16'],
    ['nodenext', 'nodenext'],
    ['es2022', 'bundler'],
  ])(
    'is typed for TypeScript with module %s and moduleResolution %s',
    async (module, resolution) => {
      const entries = publishedPackages().flatMap((one) => [...entriesOf(one).keys()]);
      await project.write({
        'typed.ts': TYPED,
        'entries.ts': entries.map((name, i) => `export * as e${i} from '${name}';`).join('\n'),
        'tsconfig.json': JSON.stringify({
          compilerOptions: {
            module,
            moduleResolution: resolution,
            target: 'es2022',
            lib: ['es2023', 'dom'],
            strict: true,
            noEmit: true,
            // tfjs's types conflict with TypeScript's WebGPU types.
            skipLibCheck: true,
            types: ['node'],
          },
          files: ['typed.ts', 'entries.ts'],
        }),
      });
      await run(process.execPath, ['node_modules/typescript/bin/tsc'], project.folder);
    },
  );

  describe('the commands of the guide', () => {
    /** Follows a guide as an npm user does, in a folder of the project; what it prints. */
    const follow = async (guide: string) => {
      const text = await readFile(path.join(ROOT, 'docs/guide', guide), 'utf8');
      const folder = path.join(project.folder, path.parse(guide).name);
      // Each run takes a moment with these flags.
      const commands = commandsOf(text)
        .map((block) => block.replaceAll(/\\\n\s*/g, ''))
        .map((block) => block.replace(/^npx ds-benchmark (train|table) .*$/gm, `$& ${QUICK}`));
      expect(commands.length).toBeGreaterThan(1);
      expect(commands.join('\n').match(/^\w.*$/gm)).toEqual(
        commands.join('\n').match(/^npx ds-benchmark .*$/gm),
      );
      return (await run('sh', ['-e', '-c', commands.join('\n')], folder)).stdout;
    };
    const report = (file: string) => readFile(path.join(project.folder, file), 'utf8');

    it('to own pictures run from the tarballs', async () => {
      await makePictures(path.join(project.folder, 'own-pictures'));
      const printed = await follow('own-pictures.md');
      expect(printed).toContain('took all 8 training images');
      expect(printed.match(/│ diffstride +│ +\d+\.\d %/g)).toHaveLength(2);
      for (const name of ['train', 'mine']) {
        const html = await report(`own-pictures/runs/${name}/report.html`);
        expect(html).toContain('From strides (3, 1, 3): diffstride');
      }
    });

    it('to own sounds run from the tarballs', async () => {
      await makeSounds(path.join(project.folder, 'own-sounds'));
      const printed = await follow('own-sounds.md');
      for (const name of ['dog', 'rain']) {
        expect(printed).toMatch(new RegExp(`│ (class)? +│ ${name} +│ +\\d+\\.\\d % `));
      }
      for (const [name, heard] of [
        ['sounds', 'From strides (2, 2, 2, 2): diffstride'],
        ['table', 'mean of digit, speaker, together'],
      ]) {
        expect(await report(`own-sounds/runs/${name}/report.html`)).toContain(heard);
      }
    });
  });

  it.skipIf(lacksChromium)(
    'trains in Chromium from a Vite build, in the page and in a worker',
    async () => {
      await project.write({
        'compute.js': COMPUTES,
        'worker.js': `import { compute } from './compute.js'; compute().then(postMessage, (error) => postMessage({ error: String(error) }));`,
        'main.js': `import { compute } from './compute.js';
const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
const answer = new Promise((resolve) => { worker.onmessage = ({ data }) => resolve(data); });
Promise.all([compute(), answer]).then((all) => { document.title = JSON.stringify(all); });`,
        'index.html': '<!doctype html><script type="module" src="/main.js"></script>',
        'build.mjs': `import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { build } from 'vite';
mkdirSync('public', { recursive: true });
const from = 'node_modules/@tensorflow/tfjs-backend-wasm/dist/';
for (const name of readdirSync(from).filter((file) => file.endsWith('.wasm'))) cpSync(from + name, 'public/' + name);
await build({ logLevel: 'error', worker: { format: 'es' } });`,
      });
      await project.node('build.mjs');
      const { preview } = await import('vite');
      const server = await preview({
        root: project.folder,
        logLevel: 'error',
        preview: { port: 0 },
      });
      const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
      try {
        const page = await browser.newPage();
        const complaints: string[] = [];
        page.on('pageerror', (error) => complaints.push(error.message));
        await page.goto(server.resolvedUrls!.local[0]!);
        await page.waitForFunction('document.title !== ""', null, { timeout: 60_000 });
        const answers = JSON.parse(await page.title());
        const right = {
          name: 'wasm',
          kernels: 'relaxed-simd',
          task: 'side',
          moved: true,
          bins: [4, 4],
        };
        expect(answers).toEqual([right, right]);
        expect(complaints).toEqual([]);
      } finally {
        await browser.close();
        await server.close();
      }
    },
  );
});

it('the sample of the first page runs in an empty folder within two minutes', async () => {
  const start = performance.now();
  const project = await Project.create({ type: 'module' });
  try {
    const own = [
      '@ds/layers',
      '@ds/fft',
      '@ds/graph',
      '@ds/kernels',
      '@ds/masks',
      '@ds/checks',
    ].map((name) => inject('tarballs')[name]!);
    await project.install(...own, '@tensorflow/tfjs@4.22.0');
    const [first] = samplesOf(await readFile(path.join(ROOT, 'docs/start.md'), 'utf8'));
    await project.write({ 'first.js': first!.code });
    const printed = await project.node('first.js');
    expect(printed).toContain('[ 1, 10 ] [ 2, 2 ]');
    const seconds = (performance.now() - start) / 1000;
    console.log(`from an empty folder to the first output: ${seconds.toFixed(1)} s`);
    expect(seconds).toBeLessThan(120);
  } finally {
    await project.remove();
  }
});
