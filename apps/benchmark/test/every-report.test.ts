import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { poolingNames } from '@ds/layers';
import { Command } from 'commander';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { addCompareCommand, addTrainCommand } from '../src/compare/command.js';
import { makeConfig } from '../src/config/make-config.js';
import type { RunConfig } from '../src/config/run-config.js';
import { DATASETS, type DatasetName } from '../src/data/datasets.js';
import { reportOf } from '../src/experiments/experiment.js';
import { addTableCommand } from '../src/paper-table/command.js';
import { executeRun } from '../src/run/execute-run.js';
import type { RunResult } from '../src/run/run-result.js';
import type { WorkerInput } from '../src/run/run-worker.js';
import { addSearchCommand } from '../src/search/command.js';
import { addShiftCommand } from '../src/shift/command.js';
import { addSweepCommand } from '../src/sweep/command.js';
import { addTradeoffCommand } from '../src/tradeoff/command.js';
import { runCliHere } from './command-line-here.js';
import { fakeSounds } from './fake-sounds.js';
import { noiseImages } from './noise-images.js';

vi.mock('@ds/data', async (original) => ({
  ...(await original<typeof import('@ds/data')>()),
  fetchCifar10: async () => '',
  loadCifar10: async () => noiseImages('CIFAR-10', 10),
  loadCifar100: async () => noiseImages('CIFAR-100', 100),
}));

/** One real run of each dataset and pooling; other settings of it get the same numbers. */
const done = new Map<string, Promise<RunResult>>();

function run(config: RunConfig, data: WorkerInput['data']): Promise<RunResult> {
  const key = `${config.dataset} ${config.pooling}`;
  const first = done.get(key) ?? executeRun(config, { data });
  done.set(key, first);
  return first.then((result) => ({ ...result, config }));
}

// Here. A new thread would load everything again.
vi.mock('../src/queue/execute-run.js', () => ({
  executeInThreads: ({ config, data }: WorkerInput) => run(config, data),
}));

let root: string;
const folders = () =>
  Object.fromEntries(DATASETS.map((dataset) => [dataset, path.join(root, dataset)]));

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'every-report-'));
  for (const dataset of DATASETS) await mkdir(path.join(root, dataset));
  for (const dataset of ['mnist', 'fashion-mnist']) {
    for (const [side, count] of [
      ['train', 10],
      ['t10k', 4],
    ] as const) {
      const file = (kind: string) => path.join(root, dataset, `${side}-${kind}-ubyte`);
      await writeFile(file('images-idx3'), idx([count, 28, 28]));
      await writeFile(file('labels-idx1'), idx([count]));
    }
  }
  for (const [side, count] of [
    ['train', 4],
    ['val', 2],
  ] as const) {
    for (const [label, name] of ['cats', 'dogs'].entries()) {
      const folder = path.join(root, 'imagefolder', side, name);
      await mkdir(folder, { recursive: true });
      for (let i = 0; i < count; i++) {
        const background = { r: 255 * label, g: 20 * i, b: 99 };
        const picture = sharp({ create: { width: 40, height: 36, channels: 3, background } });
        await picture.png().toFile(path.join(folder, `${i}.png`));
      }
    }
  }
  await fakeSounds(8, [], path.join(root, 'sounds'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** An idx file of bytes 0 … 9. */
function idx(dimensions: number[]): Buffer {
  const head = Buffer.alloc(4 + 4 * dimensions.length);
  head.set([0, 0, 8, dimensions.length]);
  for (const [i, size] of dimensions.entries()) head.writeUInt32BE(size, 4 + 4 * i);
  const count = dimensions.reduce((product, size) => product * size, 1);
  return Buffer.concat([head, Buffer.from(Uint8Array.from({ length: count }, (_, i) => i % 10))]);
}

const sounds = {
  layout: 'pattern',
  pattern: '{pitch}_{loudness}_{index}.wav',
  tasks: ['pitch'],
  test: { index: ['0', '1'] },
  sampleRate: 8000,
  seconds: 0.4,
  bands: 32,
};

/** A run's file at the smallest size. */
function smallest(dataset: DatasetName) {
  return {
    preset: 'smoke',
    dataset,
    ...(dataset === 'imagefolder' && { imageSize: 32 }),
    width: 2,
    epochs: 1,
    backend: 'wasm',
    replicas: 1,
    ...(dataset === 'sounds' && { sounds }),
  };
}

/** The report's parts that failed, and the warnings that Plot has drawn. */
function complaintsOf(html: string): string[] {
  return html.match(/<p class="failed">.*?<\/p>|⚠[^<]*|NaN|undefined/g) ?? [];
}

describe.each(DATASETS)('on %s', (dataset) => {
  let printed = '';
  beforeEach(async () => {
    printed = '';
    const write = (text: unknown) => {
      printed += text;
      return true;
    };
    vi.spyOn(process.stdout, 'write').mockImplementation(write);
    vi.spyOn(process.stderr, 'write').mockImplementation(write);
    await writeFile(path.join(root, `${dataset}.json`), JSON.stringify(smallest(dataset)));
    await writeFile(
      path.join(root, `${dataset}-sweep.json`),
      JSON.stringify({
        name: 'A sweep',
        base: smallest(dataset),
        grid: { pooling: ['conv', 'diffstride'], lambda: [0, 1] },
      }),
    );
  });
  afterEach(() => {
    vi.restoreAllMocks();
    process.exitCode = undefined;
  });

  const table = { cifar10: 'cifar10', cifar100: 'cifar100', imagefolder: 'imagenet' };
  const name = dataset === 'sounds' ? 'audio' : table[dataset as keyof typeof table];
  const both = ['--poolings', 'conv,diffstride'];
  const commands = [
    ['train', '--pooling', 'diffstride'],
    ['compare', ...both, '--seeds', '2'],
    ['shift', ...both],
    ['tradeoff'],
    ['search', '--largest', '2'],
    ['sweep'],
    ...(name ? [['table', name, ...both, '--seeds', '1']] : []),
  ];

  it.each(commands)('%s ends in a table and a whole report', async (command, ...flags) => {
    const output = path.join(root, 'out', dataset, command);
    const program = new Command().exitOverride();
    for (const add of [
      addCompareCommand,
      addSearchCommand,
      addShiftCommand,
      addSweepCommand,
      addTableCommand,
      addTradeoffCommand,
      addTrainCommand,
    ]) {
      add(program);
    }
    const file = path.join(root, dataset);
    const what = command === 'sweep' ? [`${file}-sweep.json`] : ['--config', `${file}.json`];
    const where = ['--data', `${dataset}=${folders()[dataset]}`, '--output', output];
    await program.parseAsync([command, ...flags, ...what, ...where], { from: 'user' });
    expect(`${printed}\n${process.exitCode ?? 0}`).toMatch(/│[\s\S]*Report: file:[\s\S]*\n0$/);
    const html = await readFile(path.join(output, 'report.html'), 'utf8');
    expect(complaintsOf(html)).toEqual([]);
    expect(html).toContain('<figcaption>');
    const strides = dataset === 'sounds' ? '2, 2, 2, 2' : '3, 2, 3';
    if (command === 'train') expect(html).toContain(`From strides (${strides}): diffstride`);
    if (command === 'train' && dataset === 'cifar10') {
      const [result] = JSON.parse(await readFile(path.join(output, 'results.json'), 'utf8'));
      const { mean, std, classNames: classes } = noiseImages('CIFAR-10', 10);
      expect(result.image).toEqual({ size: 32, crop: 1, mean, std, classes });
    }
    const [wrong, right] = dataset === 'sounds' ? ['image', 'sound'] : ['sound', 'image'];
    const shown = html.replace(/<style>.*?<\/style>|<summary>.*/gs, '');
    expect(shown).not.toMatch(new RegExp(`\\b(test|training) ${wrong}s|${wrong}s/s|MACs/${wrong}`));
    expect(shown).toMatch(
      new RegExp(`all \\d+ training ${right}s, where up to \\d+ were asked for`),
    );
    expect(printed).toMatch(
      new RegExp(`all \\d+ training ${right}s, where up to \\d+ were asked for`),
    );
    expect(printed).not.toContain(`test ${wrong}s`);
    const isKnown = dataset !== 'sounds' && dataset !== 'imagefolder';
    expect(printed.includes('weeks on a CPU')).toBe(isKnown);
  });
});

describe.each(['mnist', 'sounds'] as const)('every pooling on %s', (dataset) => {
  it.each(['conv', ...poolingNames()])('%s ends in a whole report', async (pooling) => {
    const config = makeConfig({ ...smallest(dataset), pooling } as Parameters<
      typeof makeConfig
    >[0]);
    const result = await run(config, folders());
    const { html, text } = reportOf({ experiment: 'compare', poolings: [pooling] }, [result], {
      preset: 'smoke',
      protocol: null,
      command: 'ds-benchmark',
      date: '1970-01-01T00:00:00.000Z',
    });
    expect(complaintsOf(html)).toEqual([]);
    expect(text).toContain(pooling);
  });
});

it('compare --poolings all reports the shift consistency of every pooling', async () => {
  const output = path.join(root, 'out', 'all');
  await writeFile(path.join(root, 'all.json'), JSON.stringify(smallest('mnist')));
  const what = ['--poolings', 'all', '--config', path.join(root, 'all.json'), '--seeds', '1'];
  const where = ['--data', `mnist=${folders().mnist}`, '--output', output];
  const { code, output: printed } = await runCliHere(['compare', ...what, ...where]);
  expect(code).toBe(0);
  const results: RunResult[] = JSON.parse(
    await readFile(path.join(output, 'results.json'), 'utf8'),
  );
  const poolings = results.map(({ config }) => config.pooling);
  expect(poolings.sort()).toEqual(['conv', ...poolingNames()].sort());
  for (const { shift } of results) {
    expect(shift!.consistency).toBeGreaterThanOrEqual(0);
    expect(shift!.consistency).toBeLessThanOrEqual(1);
    expect(shift!.diagonal).toHaveLength(9);
  }
  const report = await readFile(path.join(output, 'report.html'), 'utf8');
  for (const name of poolings) {
    expect(printed).toContain(name);
    expect(report).toContain(`<td>${name}</td>`);
  }
});
