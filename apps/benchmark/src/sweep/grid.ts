import type { RunFile, SweepFile } from '../config/config-file.js';
import { makeConfig, uniqueConfigs } from '../config/make-config.js';
import type { RunConfig } from '../config/run-config.js';
import type { GridSpec } from './rows.js';

/**
 * Every combination of a sweep's values. The last field varies fastest. Combinations that give the
 * same run count once.
 *
 * @throws Error that names a combination if it is not a valid run.
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

/** The final table of a sweep: one column for each varying field, averaged over seeds. */
export function sweepSpec({ name, grid }: SweepFile): GridSpec {
  const axes = Object.entries(grid)
    .filter(([field, values]) => field !== 'seed' && (values as unknown[]).length > 1)
    .map(([field]) => field as keyof RunConfig);
  return { experiment: 'grid', name, axes };
}
