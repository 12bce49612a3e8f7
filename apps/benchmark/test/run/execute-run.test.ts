import { rmSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClassTestTask } from '../../src/class-test/class-test.js';
import { makeConfig } from '../../src/config/make-config.js';
import { executeRun } from '../../src/run/execute-run.js';
import type { RunOptions } from '../../src/run/run-options.js';
import type { RunResult } from '../../src/run/run-result.js';
import { readClassTest } from '../../src/run-folder/class-test-file.js';
import { Lease, moment } from '../../src/run-folder/lease.js';
import { finishedResult } from '../../src/run-folder/run-folder.js';
import { fakeSounds } from '../fake-sounds.js';

let sounds: string;
let folder: string;
let whole: RunResult;
beforeAll(async () => {
  sounds = await fakeSounds(24);
  whole = await executeRun(configOf(1), { data: { sounds } });
});
afterAll(() => rm(sounds, { recursive: true }));
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'run-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

/** Two epochs of four steps; a test of two batches, and shifts of the same images. */
function configOf(seed: number) {
  return makeConfig({
    preset: 'smoke',
    dataset: 'sounds',
    sounds: {
      layout: 'pattern',
      pattern: '{pitch}_{loudness}_{index}.wav',
      tasks: ['pitch'],
      test: { index: Array.from({ length: 8 }, (_, i) => `${i}`) },
      sampleRate: 8000,
      bands: 8,
      seconds: 0.1,
    },
    trainImages: 'all',
    testImages: 'all',
    pooling: 'conv',
    strides: [2, 2],
    width: 2,
    epochs: 2,
    batchSize: 4,
    seed,
    backend: 'cpu',
  } as Parameters<typeof makeConfig>[0]);
}

function run(more: Partial<RunOptions> & { seed?: number; lease?: Lease; resume?: boolean } = {}) {
  const { seed = 1, lease, resume = true, ...options } = more;
  const keeping = { folder, every: 3, resume, lease: lease?.memory };
  return executeRun(configOf(seed), { data: { sounds }, keeping, ...options });
}

/** The result of a run, without times. */
function timeless({ accuracy, classTest, epochs, shift, steps, stopped, final }: RunResult) {
  return {
    classTest,
    accuracy,
    shift,
    stopped,
    final,
    epochs: epochs.map(({ seconds: _, ...epoch }) => epoch),
    steps: steps.map(({ imagesPerSecond: _, ...step }) => step),
  };
}

/**
 * A signal that comes within the prediction of this number: two a test, two by class, three for the
 * speed, then eleven a batch of shifts.
 */
function signalAt(prediction: number): AbortSignal {
  const controller = new AbortController();
  const predict = tf.LayersModel.prototype.predictOnBatch;
  let count = 0;
  vi.spyOn(tf.LayersModel.prototype, 'predictOnBatch').mockImplementation(function (
    this: tf.LayersModel,
    x,
  ) {
    count += 1;
    if (count === prediction) controller.abort();
    return predict.call(this, x);
  });
  return controller.signal;
}

const checkpoints = () => path.join(folder, 'checkpoints');

describe('a run', () => {
  it('refuses other data than that of the finished runs beside it, before it writes', async () => {
    const keeping = { folder, every: 3, resume: true, dataHash: 'other' };
    await expect(run({ keeping })).rejects.toMatchObject({
      name: 'FinalFailure',
      message:
        '--resume: the data must be that of the finished runs (other), got ' +
        `${whole.dataHash}: give the folder of that data, or --overwrite to train all runs again`,
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('tests every sound by class, with the accuracy of its last test', () => {
    const [task] = whole.classTest!.tasks as [ClassTestTask];
    expect(task).toMatchObject({ name: 'pitch', classes: ['high', 'low'], count: 8 });
    const counts = task.confusion.map(([truth, predicted, count]) => ({
      count,
      right: truth === predicted ? count : 0,
    }));
    expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(8);
    expect(counts.reduce((sum, { right }) => sum + right, 0) / 8).toBe(whole.accuracy);
    for (const { file, preview, truth } of task.mistakes) {
      expect(file).toMatch(truth === 0 ? /^high_\w+\.wav$/ : /^low_\w+\.wav$/);
      expect(preview).toMatch(/^data:audio\/wav;base64,/);
    }
    expect(task.mistakes).toHaveLength(Math.min(4, 8 - 8 * whole.accuracy));
  });

  it('keeps its test by class in a separate file', async () => {
    const { classTest } = await run();
    expect(await readClassTest(folder)).toEqual(classTest);
    expect(await readFile(path.join(folder, 'summary.json'), 'utf8')).not.toContain('classTest');
  });
});

it('a run that only measures times leaves out what is tested after the training', async () => {
  const result = await run({ isTiming: true });
  for (const name of ['classTest', 'inferenceRate', 'rounded']) {
    expect(result).not.toHaveProperty(name);
  }
  const { classTest: _, ...rest } = timeless(whole);
  expect(timeless(result)).toMatchObject(rest);
});

describe('a run that is stopped', () => {
  it.each([
    ['its first test', 1, 0],
    ['its last test', 3, 1],
    ['its test by class', 5, 2],
    ['the measurement of its speed', 7, 2],
    ['its shifts', 10, 2],
  ])('within %s keeps nothing of it, and makes it again', async (_, prediction, epochs) => {
    const stopped = await run({ signal: signalAt(prediction) });
    expect(stopped).toMatchObject({ stopped: true, shift: null });
    expect(stopped.epochs).toHaveLength(epochs);
    expect(await readdir(folder)).not.toContain('summary.json');
    expect(await finishedResult(folder, configOf(1))).toBeNull();
    vi.restoreAllMocks();
    expect(timeless(await run())).toEqual(timeless(whole));
    expect(timeless((await finishedResult(folder, configOf(1)))!)).toEqual(timeless(whole));
    const lines = (await readFile(path.join(folder, 'metrics.jsonl'), 'utf8'))
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(10);
  });

  it('is done if the signal comes after all is measured', async () => {
    expect(timeless(await run({ signal: signalAt(31) }))).toEqual(timeless(whole));
  });
});

describe('a checkpoint', () => {
  it('of another seed is refused, and named', async () => {
    await run({ signal: signalAt(1) });
    vi.restoreAllMocks();
    await expect(run({ seed: 2 })).rejects.toThrow(
      /step-00000004\.ckpt: must be of configuration conv-seed2-\w+, got conv-seed1-\w+; .* it would fail again$/,
    );
    // The remedy that the message names.
    await rm(checkpoints(), { recursive: true });
    expect((await run({ seed: 2 })).stopped).toBe(false);
  });

  it('of a set with a missing file is refused, and named, in any folder', async () => {
    await run({ signal: signalAt(1) });
    vi.restoreAllMocks();
    const copy = path.join(folder, 'sounds');
    await cp(sounds, copy, { recursive: true });
    const again = run({ data: { sounds: copy }, signal: AbortSignal.abort() });
    expect((await again).stopped).toBe(true);
    await rm(path.join(copy, 'high_soft_21.wav'));
    await expect(run({ data: { sounds: copy } })).rejects.toThrow(
      /must be of data \w{16}, got \w{16}; restore what it was made with/,
    );
  });

  it('that is damaged does not stop a run, also if all are', async () => {
    await run({ signal: signalAt(1) });
    vi.restoreAllMocks();
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    for (const name of await readdir(checkpoints()))
      await truncate(path.join(checkpoints(), name), 90);
    await writeFile(
      path.join(checkpoints(), 'step-00000003.ckpt.0123456789ab.tmp'),
      'left by a killed writer',
    );
    expect(timeless(await run())).toEqual(timeless(whole));
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('it is damaged'));
    expect((await readdir(checkpoints())).join()).not.toContain('.tmp');
  });
});

describe('a run folder', () => {
  it('whose model was cut is not finished, and is made whole', async () => {
    await run();
    const weights = path.join(folder, 'model', 'weights.bin');
    const bytes = await readFile(weights);
    await truncate(weights, 100);
    await writeFile(`${weights}.0123456789ab.tmp`, '');
    expect(await finishedResult(folder, configOf(1))).toBeNull();
    expect(timeless(await run())).toEqual(timeless(whole));
    expect(await readFile(weights)).toEqual(bytes);
    expect((await readdir(path.dirname(weights))).toSorted()).toEqual([
      'model.json',
      'weights.bin',
    ]);
    expect(await finishedResult(folder, configOf(1))).not.toBeNull();
  });

  it('that is removed in mid-run ends the run with a clear word', async () => {
    const onProgress = ({ step }: { step: number }) => {
      if (step === 1) rmSync(folder, { recursive: true });
    };
    await expect(run({ onProgress })).rejects.toThrow(
      /metrics\.jsonl: could not be written: a folder of it is gone.*start again/,
    );
    expect(timeless(await run())).toEqual(timeless(whole));
  });

  it('whose metrics were cut reports the missing lines, and continues', async () => {
    await run({ signal: signalAt(3) });
    vi.restoreAllMocks();
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    await truncate(path.join(folder, 'metrics.jsonl'), 20);
    expect(timeless(await run())).toEqual(timeless(whole));
    expect(warn).toHaveBeenCalledWith(
      expect.stringMatching(
        /metrics\.jsonl: was cut, and lacks 8 of 8 steps, .* step 0, and 1 of 1 epochs/,
      ),
    );
  });

  it('is left alone without the lock, from the first write on and from one in the middle', async () => {
    const finished = await run();
    const before = await readFile(path.join(folder, 'summary.json'), 'utf8');
    const lease = new Lease();
    await expect(run({ lease, resume: false })).rejects.toThrow(/lock was lost/);
    lease.extend(moment(), 60);
    const onProgress = ({ step }: { step: number }) => {
      if (step === 1) lease.revoke();
    };
    const other = path.join(folder, 'other');
    const keeping = { folder: other, every: 1, resume: true, lease: lease.memory };
    await expect(run({ keeping, onProgress })).rejects.toThrow(/lock was lost/);
    expect(await readdir(path.join(other, 'checkpoints'))).toEqual(['step-00000001.ckpt']);
    expect(await readFile(path.join(folder, 'summary.json'), 'utf8')).toBe(before);
    expect(timeless(finished)).toEqual(timeless(whole));
  });
});
