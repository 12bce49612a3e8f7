import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  requireNoExperiment,
  requireNoExperimentFile,
  requireNoResult,
  requireNoRun,
  requireNoTrainedModel,
} from '../../src/run-folder/protected-output.js';

let home: string;
let run: string;
beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'protected-'));
  run = path.join(home, 'runs', 'conv-seed1');
  await mkdir(path.join(run, 'model'), { recursive: true });
  await writeFile(path.join(run, 'config.json'), '{}');
  await writeFile(path.join(run, 'metrics.jsonl'), '');
  await writeFile(path.join(home, 'results.json'), '[]');
});
afterAll(() => rm(home, { recursive: true }));

it('--output must not be the trained model of a run, or a file of it', () => {
  for (const name of ['model', 'model/', 'model/weights.bin', 'frozen/../model']) {
    const output = `${run}/${name}`;
    expect(() => requireNoTrainedModel(output)).toThrow(
      `--output must not be the trained model of a run, got '${output}'`,
    );
  }
  for (const output of [path.join(run, 'frozen'), path.join(home, 'model'), 'model', run]) {
    requireNoTrainedModel(output);
  }
});

it('--output of a report must not be the folder of an experiment', () => {
  expect(() => requireNoExperiment(home)).toThrow(
    `--output must not be the folder of an experiment, got '${home}'`,
  );
  // Commands put their folders in `runs` by default, so that alone says nothing.
  for (const folder of [path.join(home, 'missing'), run, path.dirname(home)]) {
    requireNoExperiment(folder);
  }
});

it('--output of a table must not be a file of an experiment', () => {
  const output = path.join(home, 'results.json');
  expect(() => requireNoExperimentFile(output)).toThrow(
    `--output must not be a file of an experiment, got '${output}'`,
  );
  requireNoExperimentFile(path.join(home, 'heard.csv'));
  requireNoExperimentFile(path.join(run, 'results.json'));
});

it('--output of a network or a table must not be a file of a run or an experiment', () => {
  for (const name of ['config.json', 'summary.json', 'test.json', 'checkpoints/step-1.ckpt']) {
    const output = path.join(run, name);
    expect(() => requireNoResult(output)).toThrow(
      `--output must not be a file of a run, got '${output}'`,
    );
  }
  expect(() => requireNoResult(path.join(run, 'model'))).toThrow('the trained model of a run');
  expect(() => requireNoResult(path.join(home, 'report.html'))).toThrow('a file of an experiment');
  for (const output of [path.join(run, 'model.onnx'), path.join(home, 'summary.json')]) {
    requireNoResult(output);
  }
});

it('--output of an experiment must not be the folder of a run', () => {
  expect(() => requireNoRun(`${run}/`)).toThrow('--output must not be the folder of a run, got');
  for (const output of [home, path.join(run, 'report'), path.join(home, 'missing')]) {
    requireNoRun(output);
  }
});
