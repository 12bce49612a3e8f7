import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkpointFolder } from '../src/checkpoints/index.js';
import type { TrainingState } from '../src/training-state.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ds-checkpoints-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const tensor = (shape: number[], from: number) => ({
  shape,
  values: Float32Array.from({ length: shape.reduce((n, side) => n * side, 1) }, (_, i) => from + i),
});

function state(step: number): TrainingState {
  return {
    epoch: 1,
    position: 3,
    step,
    totals: { loss: 0.1, correct: 5, images: 8, seconds: 0.25 },
    epochs: [{ epoch: 0, loss: 1 / 3, accuracy: 0.5, evaluation: null, seconds: 1, images: 8 }],
    weights: [tensor([2, 3], step), tensor([], 7)],
    statistics: [[tensor([3], 0.5)], [tensor([3], 1.5)]],
    optimizer: { steps: step, slots: [[tensor([2, 3], -step)], null] },
    draws: { pool: 4 },
  };
}

const names = async () => (await readdir(folder)).toSorted();

describe('a folder of checkpoints', () => {
  it('gives back what it was given, to the last bit', async () => {
    const checkpoints = checkpointFolder(path.join(folder, 'new'));
    expect(await checkpoints.latest()).toBeNull();
    await checkpoints.save(state(5), { records: ['kept'] });
    expect(await checkpoints.latest()).toEqual({ state: state(5), extra: { records: ['kept'] } });
  });

  it('gives back numbers that are not finite', async () => {
    const checkpoints = checkpointFolder(folder);
    const { NaN: none, POSITIVE_INFINITY: infinity } = Number;
    const given = state(5);
    given.epochs[0]!.evaluation = {
      loss: none,
      accuracy: 0.5,
      top5: 1,
      auc: infinity,
      meanAveragePrecision: -infinity,
      nonFinite: 2,
      count: 8,
    };
    given.totals.loss = infinity;
    const extra = { losses: [none, 1, null, -infinity], text: 'NaN' };
    await checkpoints.save(given, extra);
    expect(await checkpoints.latest()).toEqual({ state: given, extra });
  });

  it('keeps the newest', async () => {
    const checkpoints = checkpointFolder(folder, { keep: 2 });
    for (const step of [9, 10, 100]) await checkpoints.save(state(step));
    expect(await names()).toEqual(['step-00000010.ckpt', 'step-00000100.ckpt']);
    expect((await checkpoints.latest())!.state.step).toBe(100);
  });

  it('says once that a later step, of another training, counts as newer', async () => {
    const warnings: string[] = [];
    await checkpointFolder(folder).save(state(100));
    const checkpoints = checkpointFolder(folder, { onWarning: (text) => warnings.push(text) });
    for (const step of [10, 20]) await checkpoints.save(state(step));
    expect(warnings).toEqual([
      expect.stringMatching(
        /step-00000010\.ckpt: its folder has a later one, step-00000100\.ckpt, .*remove it if/,
      ),
    ]);
    expect(await names()).toHaveLength(3);
  });

  it('names a folder that cannot be read', async () => {
    const file = path.join(folder, 'file');
    await writeFile(file, '');
    await expect(checkpointFolder(file).latest()).rejects.toThrow(
      /^checkpointFolder: folder must be readable, got .*file: ENOTDIR/,
    );
  });

  it('names a folder that has the name of a checkpoint', async () => {
    const warnings: string[] = [];
    const checkpoints = checkpointFolder(folder, { onWarning: (text) => warnings.push(text) });
    await checkpoints.save(state(1));
    const file = path.join(folder, 'step-00000002.ckpt');
    await mkdir(file);
    expect((await checkpoints.latest())!.state).toEqual(state(1));
    expect(warnings).toEqual([
      expect.stringContaining(`checkpoint ${file}: could not be read: EISDIR`),
    ]);
  });

  it('refuses extra data that JSON has no form for, and writes nothing', async () => {
    const circular: { self?: unknown } = {};
    circular.self = circular;
    for (const [extra, got] of [
      [1n, '1n: '],
      [circular, '{ self }: '],
      [() => 1, 'a function'],
    ] as [unknown, string][]) {
      await expect(checkpointFolder(folder).save(state(1), extra)).rejects.toThrow(
        `checkpointFolder().save: extra must be data for JSON, got ${got}`,
      );
    }
    expect(await names()).toEqual([]);
  });

  it('passes over damaged ones, and says which', async () => {
    const warnings: string[] = [];
    const checkpoints = checkpointFolder(folder, { onWarning: (text) => warnings.push(text) });
    for (const step of [1, 2, 3]) await checkpoints.save(state(step));
    const file = (step: number) => path.join(folder, `step-0000000${step}.ckpt`);
    await truncate(file(3), 200);
    const bytes = await readFile(file(2));
    bytes[bytes.length - 40]! ^= 1;
    await writeFile(file(2), bytes);
    // What is left of a write that was cut off, and a copy that the user keeps.
    const cut = 'step-00000004.ckpt.0123456789ab.tmp';
    for (const name of [cut, 'step-00000004.ckpt.bak']) {
      await writeFile(path.join(folder, name), 'DSCKPT01');
    }
    expect((await checkpoints.latest())!.state).toEqual(state(1));
    expect(await names()).not.toContain(cut);
    expect(await names()).toContain('step-00000004.ckpt.bak');
    expect(warnings).toEqual([
      expect.stringMatching(
        /step-00000003\.ckpt: must end with its SHA-256, got another: it is damaged/,
      ),
      expect.stringMatching(/step-00000002\.ckpt: must end with its SHA-256/),
    ]);
    await writeFile(file(1), 'something else');
    expect(await checkpoints.latest()).toBeNull();
    expect(warnings.at(-1)).toMatch(/must begin with DSCKPT01, got 14 bytes/);
  });

  it('does not go on without one that cannot be read', async () => {
    const checkpoints = checkpointFolder(folder);
    await checkpoints.save(state(1));
    const file = path.join(folder, 'step-00000002.ckpt');
    // A link to itself. The root user can read files that others cannot.
    await symlink(file, file);
    await expect(checkpoints.latest()).rejects.toMatchObject({
      name: 'DataError',
      message: expect.stringMatching(
        /step-00000002\.ckpt: could not be read: ELOOP.*; make it readable/,
      ),
    });
    await rm(file);
    expect((await checkpoints.latest())!.state).toEqual(state(1));
  });

  it('leaves the last good one when there is no room for the next', async () => {
    const checkpoints = checkpointFolder(folder);
    await checkpoints.save(state(1));
    // Stands for a full disk: a folder where the file must go cannot be replaced by it.
    await rm(path.join(folder, 'step-00000002.ckpt'), { force: true });
    const { mkdir } = await import('node:fs/promises');
    await mkdir(path.join(folder, 'step-00000002.ckpt', 'x'), { recursive: true });
    await expect(checkpoints.save(state(2))).rejects.toMatchObject({
      name: 'DataError',
      message: expect.stringMatching(/step-00000002\.ckpt: could not be written/),
    });
    expect((await checkpoints.latest())!.state).toEqual(state(1));
  });

  it('counts only complete ones, at any step', async () => {
    for (const step of [2, 900, 901, 902]) {
      await writeFile(path.join(folder, `step-${String(step).padStart(8, '0')}.ckpt`), 'DSCKPT01');
    }
    const checkpoints = checkpointFolder(folder, { keep: 2 });
    for (const step of [1, 3, 4, 5]) {
      await checkpoints.save(state(step));
      expect((await checkpoints.latest())!.state.step).toBe(step);
    }
    const kept = (await names()).slice(0, 2);
    expect(kept).toEqual(['step-00000004.ckpt', 'step-00000005.ckpt']);
    // One that is damaged after it was written counts no longer.
    await truncate(path.join(folder, 'step-00000005.ckpt'), 100);
    await checkpoints.save(state(6));
    expect(await names()).toContain('step-00000004.ckpt');
    // Another folder object reads them again.
    await checkpointFolder(folder, { keep: 2 }).save(state(7));
    expect((await names()).slice(0, 2)).toEqual(['step-00000006.ckpt', 'step-00000007.ckpt']);
  });

  it('refuses those of another training, names them, and takes its own', async () => {
    const of = (seed: number, data: string) => ({ configuration: `seed${seed}`, data });
    await checkpointFolder(folder, { of: of(1, 'abc') }).save(state(1));
    const latest = (seed: number, data: string) =>
      checkpointFolder(folder, { of: of(seed, data) }).latest();
    expect((await latest(1, 'abc'))!.state.step).toBe(1);
    await expect(latest(2, 'abc')).rejects.toThrow(
      /step-00000001\.ckpt: must be of configuration seed2, got seed1; restore .* or remove \S+ to/,
    );
    await expect(latest(1, 'ab')).rejects.toThrow('must be of data ab, got abc');
    await checkpointFolder(folder).save(state(2));
    await expect(latest(1, 'abc')).rejects.toThrow('got one that does not say');
  });

  it('leaves the folder as it is when it may not write', async () => {
    await checkpointFolder(folder, { keep: 1 }).save(state(1));
    let asked = 0;
    const mayWrite = () => {
      asked += 1;
      if (asked === 3) throw new Error('not mine any more');
    };
    const late = checkpointFolder(folder, { keep: 1, mayWrite });
    await expect(late.save(state(2))).rejects.toThrow('not mine any more');
    expect(await names()).toEqual(['step-00000001.ckpt']);
  });

  it('refuses to keep none', () => {
    expect(() => checkpointFolder(folder, { keep: 0 })).toThrow(
      'checkpointFolder: keep must be an integer >= 1, got 0',
    );
  });
});
