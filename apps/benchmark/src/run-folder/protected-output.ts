import { existsSync } from 'node:fs';
import path from 'node:path';

/** @throws Error if an output would replace the trained model of a run, or a file of it. */
export function requireNoTrainedModel(output: string): void {
  const whole = path.resolve(output);
  const isModel = (folder: string) =>
    path.basename(folder) === 'model' && existsSync(path.join(folder, '..', 'config.json'));
  if (![whole, path.dirname(whole)].some(isModel)) return;
  throw new Error(`--output must not be the trained model of a run, got '${output}'`);
}

/** @throws Error if a folder has the results of an experiment, which an output would replace. */
export function requireNoExperiment(folder: string, output: string): void {
  if (!existsSync(path.join(folder, 'runs'))) return;
  throw new Error(`--output must not be in the folder of an experiment, got '${output}'`);
}
