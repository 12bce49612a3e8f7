import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Project } from '../src/project.js';
import { entriesOf, publishedPackages, ROOT, run } from '../src/published-packages.js';
import { samplesOf } from '../src/samples.js';
import { describeBundlers } from './bundler-cases.js';
import { describeGuides } from './guide-cases.js';
import { describeRuntimes } from './runtime-cases.js';

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
  const variables = strideVariables(model).map((s) => s.variable);
  const penalty: () => tf.Scalar = complexityLoss(() => variables, 0.1);
  // @ts-expect-error: a stride is a number
  new DiffStride({ strides: ['two', 2] });
  return [info.name.length, spectrum.real.size, plan.bins, layer.weights.length, mask.size, y.size, penalty().size, [batches, freezeStrides, sgd, train].length];
}
`;

describe('all packages in one project', () => {
  let project: Project;
  beforeAll(async () => {
    project = await Project.create();
    const manifestOf = async (file: string) =>
      JSON.parse(await readFile(path.join(ROOT, file), 'utf8')).devDependencies;
    const { typescript, vitest } = await manifestOf('package.json');
    const { vite } = await manifestOf('packaging/package.json');
    const own = Object.entries(inject('tarballs')).map(([name, file]) => [name, `file:${file}`]);
    await project.installFlat({
      ...Object.fromEntries(own),
      '@tensorflow/tfjs': '4.22.0',
      '@tensorflow/tfjs-backend-wasm': '4.22.0',
      '@types/node': '20',
      typescript,
      vitest,
      vite,
    });
  }, 300_000);
  afterAll(() => project?.remove());

  it('has one copy of tfjs', async () => {
    for (const name of ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers']) {
      expect(await project.copiesOf(name)).toHaveLength(1);
    }
  });

  it('has one copy of tfjs also by npm, which only resolves the versions here', async () => {
    const resolved = await Project.create();
    try {
      const tarballs = Object.values(inject('tarballs'));
      await resolved.install('--package-lock-only', ...tarballs, '@tensorflow/tfjs@4.22.0');
      const lock = await readFile(path.join(resolved.folder, 'package-lock.json'), 'utf8');
      const places = Object.keys(JSON.parse(lock).packages);
      for (const name of ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers']) {
        expect(places.filter((place) => place.endsWith(`node_modules/${name}`))).toHaveLength(1);
      }
    } finally {
      await resolved.remove();
    }
  });

  it('has no package webgpu, and says how to install it', async () => {
    expect(await project.copiesOf('webgpu')).toEqual([]);
    await project.write({
      'gpu.js': `import { useBackend } from '@ds/backend';
await useBackend('webgpu').catch(({ message }) => console.log(message));`,
    });
    expect((await project.node('gpu.js')).trim()).toBe(
      "useBackend: 'webgpu' cannot start: in Node it needs the package webgpu, " +
        'which did not load. Install it: npm install webgpu',
    );
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

  describeGuides(() => project);
  describeBundlers(() => project);
  describeRuntimes(() => project);
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
    expect(await project.copiesOf('@tensorflow/tfjs-core')).toHaveLength(1);
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
