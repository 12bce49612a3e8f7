import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { fileJsonSchema, type RunFile, readConfigFile } from '../../src/config/config-file.js';
import { makeConfig } from '../../src/config/make-config.js';
import { PRESETS, presetOf } from '../../src/config/presets.js';
import { runId, soundsSchema } from '../../src/config/run-config.js';
import { DATASETS } from '../../src/data/datasets.js';
import { expandSweep, sweepSpec } from '../../src/sweep/grid.js';

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
  it('takes the values that it omits from its preset', async () => {
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
    ['strides: 3,1,3', { strides: [1, 1, 3, 1, 3] }],
    ['strides: 1, 1, 3, 1.5, 3', { strides: [1, 1, 3, 1.5, 3] }],
    [
      'schedule: {name: piecewise, boundaries: "10,20", rates: "0.1,0.01,1e-3"}',
      { schedule: { name: 'piecewise', boundaries: [10, 20], rates: [0.1, 0.01, 0.001] } },
    ],
    [
      'dataset: sounds\nstrides: 2,2\nsounds: {layout: pattern, pattern: "{digit}_{index}.wav", tasks: digit, test: {index: "0,1"}}',
      { strides: [2, 2], sounds: { tasks: ['digit'], test: { index: ['0', '1'] } } },
    ],
    [
      'dataset: sounds\nsounds: {layout: pattern, pattern: "{digit}_{index}.wav", tasks: [digit], test: {index: [0, 1]}}',
      { sounds: { test: { index: ['0', '1'] } } },
    ],
  ])('%j is read as on the command line', async (text, expected) => {
    const config = makeConfig(
      await readConfigFile('run', await written(`pooling: diffstride\n${text}\n`)),
    );
    expect(config).toMatchObject(expected);
  });

  it.each([
    ['strides: 3,x,3', "of which 'x' is none", 'got "3,x,3"', 'at strides'],
    ['strides: {a: 1}', 'expected array; or expected string', 'got { a }', 'at strides'],
    ['strides: [3, no, 3]', 'expected number at [1]', 'got [3, "no", 3]', 'at strides'],
    ['width: wide', 'expected number', 'got "wide"', 'at width'],
    ['width: 1.5', 'expected int', 'got 1.5', 'at width'],
    ['trainImages: most', 'expected number; or expected "all"', 'got "most"', 'at trainImages'],
    ['dataset: cifar', '"cifar10"|"cifar100"', 'got "cifar"', 'at dataset'],
    ['optimizer: {name: lion}', "'sgd' | 'adam'", 'got "lion"', 'at optimizer.name'],
    ['optimizer: {name: sgd}', 'expected number, got none', 'at optimizer.momentum'],
    ['optimizer: {name: sgd, momentun: 0.9}', '"momentun" (momentum?), got 0.9', 'at optimizer'],
    ['schedule: {name: cosine, peek: 1}', '"peek" (peak?), got 1; allowed are name, peak'],
    ['sounds: {layout: folder, band: 3}', '"band" (bands?), got 3', 'at sounds'],
    ['model: mobilenet-v2\nstrides: [2, 2, 2]', 'strides must be 4 or 8 numbers for mobilenet-v2'],
    ['with: 8', '"with" (width?), got 8; allowed are $schema, preset'],
    [
      'poolingConfigs: {blur: {filtersize: 5}}',
      "'filtersize' (filterSize?)",
      'poolingConfigs.blur',
    ],
    ['poolingConfigs: {blurr: {}}', 'got "blurr" (blur?)', 'at poolingConfigs.blurr'],
    ['poolingConfigs: {blur: 5}', 'expected record, got 5', 'at poolingConfigs.blur'],
    ['pooling: blurr', 'got "blurr" (blur?)', 'at pooling'],
  ])('%j is refused with place, value and what is allowed', async (text, ...messages) => {
    const reading = readConfigFile('run', await written(text));
    for (const message of messages) await expect(reading).rejects.toThrow(message);
  });

  it.each([
    [{ pooling: 'blur', poolingConfig: { filtersize: 5 } }, "'filtersize' (filterSize?)"],
    [{ pooling: 'blur', poolingConfig: { seed: 1 } }, "blur has no option 'seed'"],
    [
      {
        dataset: 'sounds',
        sounds: { layout: 'pattern', pattern: '{digit}_{index}.wav', tasks: ['digt'], test: {} },
      },
      "'digt' (digit?)",
    ],
    [
      {
        dataset: 'sounds',
        sounds: {
          layout: 'pattern',
          pattern: '{digit}_{index}.wav',
          tasks: ['digit'],
          test: { indx: ['1'] },
        },
      },
      "'indx' (index?)",
    ],
  ])('%j is refused', (file, message) => {
    expect(() => makeConfig(file as unknown as RunFile)).toThrow(message);
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

  it('names itself where aliases repeat each other without end', async () => {
    const lines = ['a: &a [1, 1, 1, 1, 1, 1, 1, 1]'];
    for (const [name, of] of ['ba', 'cb', 'dc', 'ed'].map((pair) => [...pair])) {
      lines.push(`${name}: &${name} [${Array(8).fill(`*${of}`).join(', ')}]`);
    }
    const file = await written(lines.join('\n'));
    await expect(readConfigFile('run', file)).rejects.toThrow(`${file}: Excessive alias count`);
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

  it('have the front end of sounds that their schema has', () => {
    const { sounds } = presetOf('quick', 'sounds').run;
    expect(sounds).toEqual(soundsSchema.parse({ layout: 'folder' }));
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

  it('takes one value of the grid for a list of it', async () => {
    const read = async (grid: string) =>
      (await readConfigFile('sweep', await written(`name: A\ngrid: ${grid}\n`))).grid;
    const lists = '{width: [8], strides: [[2, 2, 2]], pooling: [conv], trainImages: [all]}';
    const values = '{width: 8, strides: [2, 2, 2], pooling: conv, trainImages: all}';
    expect(await read(values)).toEqual(await read(lists));
    expect(await read('{strides: "3,1,3"}')).toEqual({ strides: [[3, 1, 3]] });
    await expect(read('{width: x}')).rejects.toThrow('got "x"');
    await expect(read('{width: []}')).rejects.toThrow('width');
  });

  it('takes strides as on the command line, in base and grid', async () => {
    const file = await readConfigFile(
      'sweep',
      await written('name: A\nbase: {strides: "3,1,3"}\ngrid: {strides: ["2,2,2", [3, 2, 3]]}\n'),
    );
    expect(file.base.strides).toEqual([3, 1, 3]);
    expect(expandSweep(file).map(({ strides }) => strides.slice(2))).toEqual([
      [2, 2, 2],
      [3, 2, 3],
    ]);
  });

  it.each([
    ['name: A\nbase: {poolingConfigs: {blur: {size: 5}}}\ngrid: {}', "no option 'size'"],
    ['name: A\nbase: {}\ngrid: {pooling: [blurr]}', 'got "blurr" (blur?)'],
    ['name: A\ngrid: {with: [8]}', '"with" (width?), got [8]'],
  ])('%j is refused', async (text, message) => {
    await expect(readConfigFile('sweep', await written(text))).rejects.toThrow(message);
  });

  it('names the combination that is refused', async () => {
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
  const folder = fileURLToPath(new URL('../../examples', import.meta.url));
  it('are all runs or sweeps', async () => {
    const counts: Record<string, number> = {};
    const names = await readdir(folder);
    for (const name of names.filter((one) => one.endsWith('.yaml'))) {
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
    const file = new URL(`../../schema/${kind}.schema.json`, import.meta.url);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(fileJsonSchema(kind));
  });

  it('say what fields are', () => {
    const schema = fileJsonSchema('run') as {
      properties: Record<string, { description?: string; default?: unknown }>;
    };
    expect(schema.properties.lambda!.description).toContain('complexity');
    expect(schema.properties.dataset!.description).toContain('training');
    // What is left out is the preset's.
    expect(schema.properties.dataset!.default).toBeUndefined();
  });
});
