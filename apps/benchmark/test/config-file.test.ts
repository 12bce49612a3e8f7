import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { fileJsonSchema, type RunFile, readConfigFile } from '../src/config-file.js';
import { makeConfig } from '../src/make-config.js';
import { PRESETS, presetOf } from '../src/presets.js';
import { DATASETS, runId } from '../src/run-config.js';
import { expandSweep, sweepSpec } from '../src/sweep-grid.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'config-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function written(text: string, name = 'file.yaml'): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, text);
  return file;
}

describe('a run’s file', () => {
  it('stands on its preset and says the rest', async () => {
    const file = await readConfigFile(
      'run',
      await written('preset: smoke\npooling: spectral\nstrides: [3, 2, 3]\nlambda: 0.5\n'),
    );
    expect(makeConfig(file)).toMatchObject({
      ...PRESETS.smoke!.run,
      pooling: 'spectral',
      poolingConfig: { norm: 'forward' },
      strides: [1, 1, 3, 2, 3],
      lambda: 0.5,
      seed: 1,
    });
  });

  it('can be the whole configuration of a run, as a run folder has it', async () => {
    const config = makeConfig({ preset: 'full', pooling: 'blur', seed: 9 });
    for (const text of [JSON.stringify(config), stringify(config)]) {
      const again = makeConfig(await readConfigFile('run', await written(text)));
      expect(again).toEqual(config);
      expect(runId(again)).toBe(runId(config));
    }
  });

  it.each([
    ['width: -1', 'Too small', 'width'],
    ['strides: [2, 2]', 'strides', 'strides'],
    ['colour: red', 'colour', 'colour'],
    ['preset: huge', 'preset', 'preset'],
    ['a: [1', 'line 1', 'Flow sequence'],
  ])('%j is refused with file and place', async (text, ...messages) => {
    const file = await written(text);
    const reading = readConfigFile('run', file);
    await expect(reading).rejects.toThrow(file);
    for (const message of messages) await expect(reading).rejects.toThrow(message);
  });

  it('must be there', async () => {
    await expect(readConfigFile('sweep', '/nowhere.yaml')).rejects.toThrow(
      '/nowhere.yaml cannot be read; expected a sweep in YAML or JSON',
    );
  });
});

describe('presets', () => {
  it.each(
    DATASETS.flatMap((dataset) => Object.keys(PRESETS).map((name) => [dataset, name] as const)),
  )('make a run of %s, %s', (dataset, preset) => {
    const config = makeConfig({ preset: preset as RunFile['preset'], dataset });
    expect(config.dataset).toBe(dataset);
    expect(config.stem).toBe(dataset === 'imagefolder' ? 'imagenet' : 'cifar');
  });

  it('do not mirror digits', () => {
    expect(presetOf('quick', 'mnist').run.flip).toBe(false);
    expect(presetOf('quick', 'fashion-mnist').run.flip).toBe(true);
  });
});

describe('a sweep', () => {
  it('is every combination, the last field varying fastest, each run once', async () => {
    const file = await readConfigFile(
      'sweep',
      await written(
        'name: A\nbase: {preset: smoke}\ngrid:\n  pooling: [conv, diffstride]\n  strides: [[2, 2, 2], [1, 1, 2, 2, 2], [3, 1, 3]]\n  seed: [1, 2]\n',
      ),
    );
    const configs = expandSweep(file);
    expect(
      configs.map(({ pooling, strides, seed }) => `${pooling} ${strides.slice(2)} ${seed}`),
    ).toEqual(
      ['conv', 'diffstride'].flatMap((pooling) =>
        ['2,2,2', '3,1,3'].flatMap((strides) =>
          [1, 2].map((seed) => `${pooling} ${strides} ${seed}`),
        ),
      ),
    );
    expect(configs[4]!.poolingConfig).toEqual(PRESETS.smoke!.poolingConfigs.diffstride);
    expect(sweepSpec(file)).toEqual({
      experiment: 'grid',
      name: 'A',
      axes: ['pooling', 'strides'],
    });
  });

  it('names the combination that makes no run', async () => {
    const file = await readConfigFile(
      'sweep',
      await written('name: A\ngrid: {dataset: [mnist, imagefolder], padding: [2]}\n'),
    );
    expect(() => expandSweep(file)).toThrow(
      '{"dataset":"imagefolder","padding":2}: run configuration: padding must be 0',
    );
  });
});

describe('the examples', () => {
  const folder = fileURLToPath(new URL('../examples', import.meta.url));
  it('are all runs or sweeps', async () => {
    const counts: Record<string, number> = {};
    for (const name of await readdir(folder)) {
      const file = path.join(folder, name);
      const isSweep = (await readFile(file, 'utf8')).includes('sweep.schema.json');
      counts[name] = isSweep
        ? expandSweep(await readConfigFile('sweep', file)).length
        : [makeConfig(await readConfigFile('run', file))].length;
    }
    expect(counts).toEqual({
      'cifar10-full.yaml': 54,
      'cifar100-full.yaml': 54,
      'lambda-and-width.yaml': 12,
      'one-run.yaml': 1,
    });
  });
});

describe('the published schemas', () => {
  it.each(['run', 'sweep'] as const)('of a %s are those of the program', async (kind) => {
    const file = new URL(`../schema/${kind}.schema.json`, import.meta.url);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(fileJsonSchema(kind));
  });

  it('say what fields are', () => {
    const schema = fileJsonSchema('run') as {
      properties: Record<string, { description?: string; default?: unknown }>;
    };
    expect(schema.properties.lambda!.description).toContain('complexity');
    expect(schema.properties.dataset!.description).toContain('trained');
    // What is left out is the preset's.
    expect(schema.properties.dataset!.default).toBeUndefined();
  });
});
