import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { isRun } from './is-run.js';

/** @throws Error if an output would replace the trained model of a run, or a file of it. */
export function requireNoTrainedModel(output: string): void {
  const whole = path.resolve(output);
  const isModel = (folder: string) =>
    path.basename(folder) === 'model' && existsSync(path.join(folder, '..', 'config.json'));
  if (![whole, path.dirname(whole)].some(isModel)) return;
  throw new Error(`--output must not be the trained model of a run, got '${output}'`);
}

/** The files and folders of a run, besides its trained model. */
const OF_A_RUN = [
  'checkpoints',
  'config.json',
  'environment.json',
  'metrics.jsonl',
  'summary.json',
  'tensorboard',
  'test.json',
];

/** Whether a folder exists and is that of a run. */
function isRunFolder(folder: string): boolean {
  return existsSync(folder) && statSync(folder).isDirectory() && isRun(readdirSync(folder));
}

/** @throws Error if the results of an experiment would go to the folder of a run. */
export function requireNoRun(output: string): void {
  if (!isRunFolder(path.resolve(output))) return;
  throw new Error(`--output must not be the folder of a run, got '${output}'`);
}

/** @throws Error if an output would replace a file of a run or of an experiment. */
export function requireNoResult(output: string): void {
  requireNoTrainedModel(output);
  requireNoExperimentFile(output);
  const whole = path.resolve(output);
  const isTaken = (file: string) =>
    isRunFolder(path.dirname(file)) && OF_A_RUN.includes(path.basename(file));
  if (![whole, path.dirname(whole)].some(isTaken)) return;
  throw new Error(`--output must not be a file of a run, got '${output}'`);
}

/** The files of an experiment, next to its folder `runs`. */
const FILES = [
  'classes.csv',
  'confusion.csv',
  'report.html',
  'results.json',
  'table.csv',
  'table.json',
];

/** Whether a folder has the results of an experiment. */
function isExperiment(folder: string): boolean {
  return ['runs', 'results.json'].every((name) => existsSync(path.join(folder, name)));
}

/** @throws Error if a report would replace that of an experiment. */
export function requireNoExperiment(output: string): void {
  if (!isExperiment(output)) return;
  throw new Error(`--output must not be the folder of an experiment, got '${output}'`);
}

/** @throws Error if a table would replace a file of an experiment. */
export function requireNoExperimentFile(output: string): void {
  const whole = path.resolve(output);
  if (!isExperiment(path.dirname(whole)) || !FILES.includes(path.basename(whole))) return;
  throw new Error(`--output must not be a file of an experiment, got '${output}'`);
}
