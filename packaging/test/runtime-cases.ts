import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Project } from '../src/project.js';
import { ROOT, run } from '../src/published-packages.js';

/** The versions that the page on backends names, and where npm puts the programs. */
const RUNTIMES = {
  deno: {
    version: '2.9.6',
    folder: '@deno/linux-x64-glibc/deno',
    flags: ['run', '--quiet', '--allow-all'],
  },
  bun: { version: '1.4.5', folder: '@oven/bun-linux-x64/bin/bun', flags: ['run'] },
};

/** A replica that trains one epoch. */
const REPLICA = `
import * as tf from '@tensorflow/tfjs';
import { useBackend } from '@ds/backend';
import { DiffStride } from '@ds/layers';
import { sgd, train, constant } from '@ds/train';
import { replica } from '@ds/train/replicas';

tf.enableProdMode();
await replica(async ({ replicas, input }) => {
  const { kernels } = await useBackend(input);
  const seeded = (seed) => tf.initializers.glorotUniform({ seed });
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ filters: 2, kernelSize: 3, kernelInitializer: seeded(1), inputShape: [8, 8, 1] }),
      new DiffStride({ strides: [2, 2], smoothness: 1 }),
      tf.layers.globalAveragePooling2d({}),
      tf.layers.dense({ units: 2, kernelInitializer: seeded(2) }),
    ],
  });
  const images = Float32Array.from({ length: 256 }, (_, i) => (i % 7) - 3);
  const batch = () => ({ images: tf.tensor(images, [4, 8, 8, 1]), labels: tf.oneHot([0, 1, 1, 0], 2).toFloat() });
  let loss;
  await train(model, {
    batches: () => [batch(), batch()],
    epochs: 1,
    optimizer: sgd({}),
    schedule: constant(0.1),
    replicas,
    onEvent: (event) => { loss = event.loss ?? loss; },
  });
  return { backend: tf.getBackend(), kernels, loss };
});
`;

const PROGRAM = `
import { loadSimd, SimdRealFft } from '@ds/fft/simd';
import { runReplicas } from '@ds/train/replicas';

const results = [];
for (const [input, replicas] of [['cpu', 1], ['wasm', 1], ['wasm', 2]]) {
  results.push(await runReplicas(new URL('./replica.js', import.meta.url), { replicas, input }));
}
await loadSimd();
const { bins } = new SimdRealFft(64);
console.log(JSON.stringify(results.map((result) => ({ ...result, bins }))));
`;

/** The last printed line. */
function resultOf(stdout: string): { backend: string; loss: number }[] {
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}

/** Runs a program of the packages in Deno and in Bun. They come from npm, or it is skipped. */
export function describeRuntimes(projectOf: () => Project): void {
  describe.runIf(process.platform === 'linux' && process.arch === 'x64')('other runtimes', () => {
    let own: Project;
    let failure: unknown;
    /** What the program prints in Node. */
    let here: string;

    beforeAll(async () => {
      own = await Project.create();
      const page = await readFile(path.join(ROOT, 'docs/scripts/backends-page.mjs'), 'utf8');
      const versions = Object.entries(RUNTIMES).map(([name, { version }]) => {
        expect(page.toLowerCase()).toContain(`${name} ${version}`);
        return [name, version];
      });
      try {
        await own.installFlat(Object.fromEntries(versions));
      } catch (error) {
        failure = error;
      }
      const project = projectOf();
      await project.write({ 'runtime/program.js': PROGRAM, 'runtime/replica.js': REPLICA });
      here = await project.node('runtime/program.js');
    }, 300_000);
    afterAll(() => own?.remove());

    it.for(['deno', 'bun'] as const)(
      '%s computes on cpu and wasm, with our kernels and with replicas, as Node does',
      async (name, { skip }) => {
        skip(failure !== undefined, `npm did not fetch ${name}: ${failure}`);
        const { folder, flags } = RUNTIMES[name];
        const program = path.join(own.folder, 'node_modules', folder);
        const there = await run(program, [...flags, 'runtime/program.js'], projectOf().folder);
        // Deno and Bun report errors of threads there, and go on.
        expect(there.stderr).toBe('');
        const [node, other] = [here, there.stdout].map(resultOf);
        expect(other).toMatchObject([
          { backend: 'cpu', kernels: null, bins: 33 },
          { backend: 'wasm', kernels: 'relaxed-simd', bins: 33 },
          { backend: 'wasm', kernels: 'relaxed-simd', bins: 33 },
        ]);
        // The variants of the kernels round differently.
        for (const [i, { loss }] of other!.entries()) expect(loss).toBeCloseTo(node![i]!.loss, 6);
      },
    );
  });
}
