import type { RunFile, SweepFile } from '../config-file.js';
import { makeConfig, uniqueConfigs } from '../make-config.js';
import type { RunConfig } from '../run-config.js';
import type { GridSpec } from './rows.js';

/**
 * Every combination of a sweep's values, the last field varying fastest; combinations that come to the same run are one.
 *
 * @throws Error that names the combination that makes no run.
 */
export function expandSweep({ base, grid }: SweepFile): RunConfig[] {
  let combinations: Record<string, unknown>[] = [{}];
  for (const [field, values] of Object.entries(grid)) {
    combinations = combinations.flatMap((combination) =>
      (values as unknown[]).map((value) => ({ ...combination, [field]: value })),
    );
  }
  const configs = combinations.map((combination) => {
    try {
      return makeConfig({ ...base, ...(combination as RunFile) });
    } catch (error) {
      throw new Error(`${JSON.stringify(combination)}: ${(error as Error).message}`);
    }
  });
  return uniqueConfigs(configs);
}

/** The table that a sweep ends in: a column for each field that varies, seeds averaged. */
export function sweepSpec({ name, grid }: SweepFile): GridSpec {
  const axes = Object.entries(grid)
    .filter(([field, values]) => field !== 'seed' && (values as unknown[]).length > 1)
    .map(([field]) => field as keyof RunConfig);
  return { experiment: 'grid', name, axes };
}
