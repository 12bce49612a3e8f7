import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  requireNoExperiment,
  requireNoTrainedModel,
} from '../../src/run-folder/protected-output.js';

let home: string;
let run: string;
beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'protected-'));
  run = path.join(home, 'runs', 'conv-seed1');
  await mkdir(path.join(run, 'model'), { recursive: true });
  await writeFile(path.join(run, 'config.json'), '{}');
});
afterAll(() => rm(home, { recursive: true }));

it('the trained model of a run is no output, and neither is a file of it', () => {
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

it('the folder of an experiment is no output', () => {
  const output = path.join(home, 'results.json');
  expect(() => requireNoExperiment(home, output)).toThrow(
    `--output must not be in the folder of an experiment, got '${output}'`,
  );
  requireNoExperiment(path.join(home, 'missing'), output);
  requireNoExperiment(run, output);
});
