import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { RunFlags } from '../../src/command-line/run-flags.js';
import { configOf, contextOf, runFileOf } from '../../src/command-line/run-of-flags.js';
import type { RunFile } from '../../src/config/config-file.js';
import { makeConfig } from '../../src/config/make-config.js';
import { expandSweep } from '../../src/sweep/grid.js';
import { runCliHere } from '../command-line-here.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'flags-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function written(content: object): Promise<string> {
  const file = path.join(folder, 'run.yaml');
  await writeFile(file, stringify(content));
  return file;
}

const recipe = 'the published recipe for CIFAR';

describe('contextOf', () => {
  const of = (file: RunFile) => contextOf(file, [makeConfig(file)]);

  it.each<[RunFile]>([
    [{ preset: 'full' }],
    [{ preset: 'full', strides: [2, 2, 2], seed: 3, lambda: 0.1, backend: 'wasm', replicas: 2 }],
    [{ preset: 'full', pooling: 'spectral', border: 'zero' }],
  ])('of %j has the published recipe', (file) => {
    expect(of(file)).toMatchObject({ preset: 'full', protocol: recipe });
  });

  it.each<[RunFile]>([
    [{ width: 8 }],
    [{ model: 'mobilenet-v2' }],
    [{ border: 'circular' }],
    [{ validationImages: 5000 }],
    [{ poolingConfig: { smoothness: 1 } }],
    [{ poolingConfigs: { diffstride: { norm: 'forward' } } }],
  ])('of the preset full with %j has none', (change) => {
    const file: RunFile = { preset: 'full', ...change };
    expect(of(file)).toMatchObject({ preset: 'full', protocol: null });
  });

  it('has none if --norm or --smoothness changes the options of a pooling', () => {
    for (const flags of [{ norm: 'forward' }, { smoothness: 2 }]) {
      const file: RunFile = { preset: 'full' };
      const config = configOf(flags as RunFlags, file, { pooling: 'diffstride' });
      expect(contextOf(file, [config])).toMatchObject({ preset: 'full', protocol: null });
    }
  });

  it.each([{ epochs: [400, 2] }, { width: [8, 16] }])(
    'of a sweep from the preset full over %j has none',
    (grid) => {
      const base: RunFile = { preset: 'full' };
      const configs = expandSweep({ name: 'A', base, grid } as never);
      expect(contextOf(base, configs)).toMatchObject({ preset: 'full', protocol: null });
    },
  );

  it('of a sweep that changes no part of the recipe has it', () => {
    const grid = { pooling: ['conv', 'diffstride'], lambda: [0, 1], seed: [1, 2] };
    const base: RunFile = { preset: 'full' };
    const configs = expandSweep({ name: 'A', base, grid } as never);
    expect(contextOf(base, configs)).toMatchObject({ preset: 'full', protocol: recipe });
  });

  it('knows the preset of a whole configuration, which does not name it', async () => {
    for (const preset of ['full', 'medium'] as const) {
      const config = await written(makeConfig({ preset }));
      const file = await runFileOf({ config } as RunFlags);
      expect(file.preset).toBeUndefined();
      expect(of(file)).toMatchObject({ preset, protocol: preset === 'full' ? recipe : null });
      // No preset fills in a field of such a file.
      expect(of({ ...file, epochs: 5 })).toMatchObject({ preset: 'none', protocol: null });
    }
  });

  it('of a file that leaves fields to a preset names this preset', () => {
    expect(of({}).preset).toBe('quick');
    expect(of({ epochs: 5 }).preset).toBe('quick');
    expect(of({ preset: 'smoke', width: 2 }).preset).toBe('smoke');
  });

  it('has no recipe if datasets differ in it', () => {
    const configs = (['cifar10', 'imagefolder'] as const).map((dataset) =>
      makeConfig({ preset: 'full', dataset }),
    );
    expect(contextOf({ preset: 'full' }, configs)).toMatchObject({
      preset: 'full',
      protocol: null,
    });
  });
});

describe('the replicas on a GPU', () => {
  const replicasOf = async (flags: Partial<RunFlags>, content?: RunFile) => {
    const config = content && (await written(content));
    const all = { ...flags, ...(config && { config }) } as RunFlags;
    return configOf(all, await runFileOf(all), {}).replicas;
  };

  it('are one, whether a flag or a file asks for it', async () => {
    expect(await replicasOf({ preset: 'full', backend: 'webgpu' })).toBe(1);
    expect(await replicasOf({ preset: 'full' }, { backend: 'webgpu' })).toBe(1);
    expect(await replicasOf({}, { preset: 'full', backend: 'webgpu' })).toBe(1);
    const grid = { backend: ['webgpu', 'wasm'] };
    const sweep = expandSweep({ name: 'A', base: { preset: 'full' }, grid } as never);
    expect(sweep.map(({ replicas }) => replicas)).toEqual([1, 4]);
  });

  it('are as many as the flag or the file of the backend says', async () => {
    expect(await replicasOf({ backend: 'webgpu', replicas: 2 })).toBe(2);
    expect(await replicasOf({ replicas: 2 }, { backend: 'webgpu' })).toBe(2);
    expect(await replicasOf({}, { backend: 'webgpu', replicas: 2 })).toBe(2);
    // The file's replicas are of its own backend.
    expect(await replicasOf({ backend: 'webgpu' }, { backend: 'wasm', replicas: 4 })).toBe(1);
  });

  it('are those that config prints', async () => {
    const file = await written({ preset: 'full', backend: 'webgpu' });
    expect((await runCliHere(['config', '--config', file])).stdout).toContain('replicas: 1\n');
  });
});
