import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { CHROMIUM, CLOSED_NETWORK, lacksChromium } from '@ds/testing/chromium';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { makePictures, makeSounds } from '../src/guide-data.js';
import { Project } from '../src/project.js';
import { entriesOf, publishedPackages, ROOT, run } from '../src/published-packages.js';
import { commandsOf, samplesOf } from '../src/samples.js';
import { describeBundlers } from './bundler-cases.js';
import { describeRuntimes } from './runtime-cases.js';

const FLAGS = [...CLOSED_NETWORK, '--disable-gpu'];

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

/** The limit for a guide. Each of its runs starts a program and its threads. */
const TIMEOUT = 400_000;

const FIGURES = ['Accuracy', 'Loss', 'Shifts', 'Strides as they train', 'Masks', 'Cost by layer'];

/** Runs commands of a shell in a folder and returns what they print, errors included. */
function printedBy(commands: string, folder: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-e', '-c', commands], { cwd: folder });
    let printed = '';
    child.stdout.on('data', (chunk) => {
      printed += chunk;
    });
    child.stderr.on('data', (chunk) => {
      printed += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(printed) : reject(new Error(`exit code ${code}: ${printed}`)),
    );
  });
}

/** Opens a report in Chromium. Returns its heading, the headings of its figures, and its errors. */
async function shown(report: string) {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: FLAGS,
  });
  try {
    const page = await browser.newPage({ viewport: { width: 400, height: 800 } });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(pathToFileURL(report).href);
    complaints.push(...(await page.locator('.failed').allTextContents()));
    const heading = await page.locator('h1').textContent();
    const text = (await page.locator('body').textContent())!;
    const figures = await page.evaluate(() =>
      [...document.querySelectorAll('h2 + figure')].map((figure) => {
        // The last drawing of a figure is the plot. Drawings of the legend come first.
        const marks = [...figure.querySelectorAll('svg.plot')].at(-1)?.getBoundingClientRect();
        const isDrawn = marks !== undefined && marks.width > 300 && marks.height > 50;
        return `${figure.previousElementSibling?.textContent}${isDrawn ? '' : ' is not drawn'}`;
      }),
    );
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    return { heading, text, figures, complaints, overflow };
  } finally {
    await browser.close();
  }
}

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

  describe('the guide', () => {
    /** Follows a guide as an npm user does, in a folder of the project; what it prints. */
    const follow = async (guide: string) => {
      const text = await readFile(path.join(ROOT, 'docs/guide', guide), 'utf8');
      const commands = commandsOf(text)
        .join('\n')
        .replaceAll(/\\\n\s*/g, '');
      expect(commands.match(/^npx ds-benchmark /gm)!.length).toBeGreaterThan(1);
      expect(commands.match(/^\w.*$/gm)).toEqual(commands.match(/^npx ds-benchmark .*$/gm));
      return printedBy(commands, path.join(project.folder, path.parse(guide).name));
    };
    const report = (file: string) => path.join(project.folder, file);

    it(
      'to own pictures works from the tarballs',
      async () => {
        await makePictures(path.join(project.folder, 'own-pictures'));
        const printed = await follow('own-pictures.md');
        const shortage = 'took all 8 training images, where up to 4,000 were asked for';
        expect(printed).toContain(shortage);
        expect(printed).not.toMatch(/weeks on a CPU|sounds/);
        expect(printed.match(/│ diffstride +│ +\d+\.\d %/g)).toHaveLength(2);
        for (const name of ['train', 'mine']) {
          const file = report(`own-pictures/runs/${name}/report.html`);
          expect(await readFile(file, 'utf8')).toContain('From strides (3, 1, 3): diffstride');
          if (lacksChromium) continue;
          const { heading, text, figures, complaints, overflow } = await shown(file);
          expect(complaints).toEqual([]);
          expect(heading).toBe('From strides (3, 1, 3): diffstride');
          expect(figures).toEqual(FIGURES);
          expect(text).toContain(shortage);
          expect(overflow).toBeLessThanOrEqual(0);
        }
      },
      TIMEOUT,
    );

    it(
      'to own sounds works from the tarballs',
      async () => {
        await makeSounds(path.join(project.folder, 'own-sounds'));
        const printed = await follow('own-sounds.md');
        for (const name of ['dog', 'rain']) {
          expect(printed).toMatch(new RegExp(`│ (class)? +│ ${name} +│ +\\d+\\.\\d % `));
        }
        expect(printed).toMatch(/│ class +│ (dog|rain) +│ \d+\.\d % /);
        expect(printed).not.toMatch(/weeks on a CPU|test images|images\/s|MACs\/image/);
        const [own, table] = ['sounds', 'table'].map((name) =>
          report(`own-sounds/runs/${name}/report.html`),
        ) as [string, string];
        expect(await readFile(own, 'utf8')).toContain('From strides (2, 2, 2, 2): diffstride');
        expect(await readFile(table, 'utf8')).toContain('mean of digit, speaker, together');
        if (lacksChromium) return;
        const ofRun = await shown(own);
        expect(ofRun.complaints).toEqual([]);
        expect(ofRun.heading).toBe('From strides (2, 2, 2, 2): diffstride');
        expect(ofRun.figures).toEqual(FIGURES);
        expect(ofRun.text).not.toMatch(/\bimages?\b/);
        expect(ofRun.overflow).toBeLessThanOrEqual(0);
        const ofTable = await shown(table);
        expect(ofTable.complaints).toEqual([]);
        expect(ofTable.figures).toEqual([
          'Test accuracy by task',
          'Strides that DiffStride learned',
        ]);
        expect(ofTable.text).toContain('mean of digit, speaker, together');
        expect(ofTable.overflow).toBeLessThanOrEqual(0);
      },
      TIMEOUT,
    );
  });

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
