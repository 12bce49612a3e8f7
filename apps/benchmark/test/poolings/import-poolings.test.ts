import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { poolingNames } from '@ds/layers';
import * as tf from '@tensorflow/tfjs';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addCompareCommand } from '../../src/compare/command.js';
import { addCostCommand } from '../../src/cost/command.js';
import { importPoolings, importsOf, knownPoolings } from '../../src/poolings/import-poolings.js';
import { addWorkerCommand } from '../../src/queue/worker-command.js';
import { saveModel } from '../../src/run-folder/saved-model.js';
import { addSweepCommand } from '../../src/sweep/command.js';
import { runCli } from '../command-line.js';
import { runCliHere } from '../command-line-here.js';
import { fakeSounds, SMALL_RUN } from '../fake-sounds.js';

let folder: string;
let sounds: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'imports-'));
  sounds = await fakeSounds(16);
  // As npm lays them: the module and the benchmark share one copy of each package.
  for (const name of ['@ds/layers', '@tensorflow/tfjs']) {
    const place = path.join(folder, 'node_modules', name);
    await mkdir(path.dirname(place), { recursive: true });
    await symlink(fileURLToPath(new URL(`../../node_modules/${name}`, import.meta.url)), place);
  }
});
afterAll(async () => {
  for (const one of [folder, sounds]) await rm(one, { recursive: true });
});

async function moduleOf(name: string, text: string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, text);
  return file;
}

const OWN = `
import * as tf from '@tensorflow/tfjs';
import { registerPooling } from '@ds/layers';
registerPooling('own-average', ({ strides, name }) =>
  tf.layers.averagePooling2d({ name, poolSize: strides, strides, padding: 'same' }),
);`;

describe('a pooling of the user', () => {
  it('trains by name with two replicas, and configuration and report name its module', async () => {
    const module = await moduleOf('own-average.mjs', OWN);
    const out = path.join(folder, 'out');
    const small = path.join(folder, 'small.json');
    await writeFile(small, JSON.stringify(SMALL_RUN));
    const size = ['--train-images', '4', '--test-images', '4', '--batch-size', '4'];
    const data = ['--data', sounds, '--output', out, '--backend', 'cpu'];
    const args = ['train', '--config', small, '--pooling', 'own-average', '--replicas', '2'];
    const all = [...args, ...size, ...data];
    const own = ['--import', module];
    const { code, output } = await runCli([...all, ...own]);
    expect(output).toContain('Report:');
    expect(code).toBe(0);
    const [id] = await readdir(path.join(out, 'runs'));
    const config = path.join(out, 'runs', id!, 'config.json');
    const wanted = { pooling: 'own-average', poolingModule: module, replicas: 2 };
    expect(JSON.parse(await readFile(config, 'utf8'))).toMatchObject(wanted);
    expect(await readFile(path.join(out, 'report.html'), 'utf8')).toContain(module);

    // The first of these must not know the module yet, so it comes before the second.
    const without = await runCliHere(['train', '--config', config, '--resume', ...data]);
    expect(without.code).toBe(1);
    expect(without.output).toContain('one of your own needs --import <module>');

    // Another spelling of the same path keeps the run.
    const spelled = ['--import', path.relative(process.cwd(), module)];
    const again = await runCliHere(['train', '--config', config, ...spelled, '--resume', ...data]);
    expect(again.output).toContain('Report:');
    expect(again.code).toBe(0);
    expect(await readdir(path.join(out, 'runs'))).toEqual([id]);
  });
});

it('ends after its output, whatever an imported module still does', async () => {
  const module = await moduleOf(
    'timer.mjs',
    `${OWN.replace('own-', 'timed-')}\nsetInterval(() => {}, 60_000);`,
  );
  const { code, output } = await runCli(['cost', '--import', module, '--pooling', 'timed-average']);
  expect(code).toBe(0);
  expect(output).toContain('dense');
});

describe('importPoolings', () => {
  it('names a module that cannot be imported', async () => {
    const missing = path.join(folder, 'missing.mjs');
    await expect(importPoolings([missing])).rejects.toThrow(
      `--import '${missing}': it cannot be imported`,
    );
    const broken = await moduleOf('broken.mjs', "throw new Error('no tea')");
    await expect(importPoolings([broken])).rejects.toThrow(/broken\.mjs'.* no tea/);
  });

  it('refuses an empty name', async () => {
    await expect(importPoolings([' '])).rejects.toThrow("--import must name a module, got ''");
  });

  it('names a module that registers nothing', async () => {
    const empty = await moduleOf('empty.mjs', 'export const pooling = 1;');
    await expect(importPoolings([empty])).rejects.toThrow(
      `--import '${empty}': it must register a new pooling, and registers none; call registerPooling`,
    );
  });
});

describe('knownPoolings', () => {
  it('are the registered ones, also those of a module', async () => {
    expect(knownPoolings()).toEqual(poolingNames());
    const module = await moduleOf('known.mjs', OWN.replace('own-', 'known-'));
    await importPoolings([module]);
    // Another spelling of the path names the same module.
    await importPoolings([path.relative(process.cwd(), module)]);
    expect(knownPoolings()).toEqual(poolingNames());
    expect(knownPoolings()).toContain('known-average');
  });
});

it('swap names the module of a pooling, which must be imported before its model is loaded', async () => {
  const module = await moduleOf('swapped.mjs', OWN.replace('own-', 'swapped-'));
  const conv = tf.layers.conv2d({ filters: 1, kernelSize: 3, strides: 2, inputShape: [8, 8, 1] });
  const source = path.join(folder, 'source');
  await saveModel(tf.sequential({ layers: [conv] }), source);
  const output = path.join(folder, 'swapped');
  const flags = ['--pooling', 'swapped-average', '--import', module, '--output', output];
  const { code, output: text } = await runCliHere([
    ...['swap', path.join(source, 'model.json')],
    ...flags,
  ]);
  expect([code, text.replace(/\s+/g, ' ')]).toEqual([
    0,
    expect.stringContaining(
      `after import '@ds/layers' and import '${pathToFileURL(module).href}'.`,
    ),
  ]);
});

it('names the module of a pooling whose layer fails while the network is built', async () => {
  const module = await moduleOf(
    'unbuilt.mjs',
    `${OWN.replace('own-', 'unbuilt-').replace(
      /tf\.layers\.averagePooling2d\((.*)\),/,
      'Object.assign(tf.layers.averagePooling2d($1), { build: () => JSON.parse("{") }),',
    )}`,
  );
  const pooling = ['--import', module, '--pooling', 'unbuilt-average'];
  const { code, output } = await runCliHere(['cost', ...pooling]);
  expect([code, output]).toEqual([
    1,
    expect.stringContaining(
      `--import ${module}: a network with pooling 'unbuilt-average' cannot be built: Expected`,
    ),
  ]);
});

describe('--import', () => {
  it('is read at any place of the command line, each time', () => {
    const args = ['train', '--import', './a.mjs', '--width', '2', '--import=./b.mjs', '--import'];
    expect(importsOf(args)).toEqual(['./a.mjs', './b.mjs']);
    expect(importsOf(['train', '--width', '2'])).toEqual([]);
  });

  it.each([
    ['compare', addCompareCommand],
    ['sweep', addSweepCommand],
    ['worker', addWorkerCommand],
    ['cost', addCostCommand],
  ])('is in the help of %s', (_, add) => {
    const program = new Command();
    add(program);
    expect(program.commands[0]!.helpInformation()).toContain('--import <module>');
  });
});
