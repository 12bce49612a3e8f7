import type { RunConfig } from '../config/run-config.js';
import { initialStrides } from '../network/initial-strides.js';
import { differencesOf } from '../stored-runs/differences.js';
import { shownField } from '../sweep/rows.js';

/**
 * The names of runs: `diffstride (3, 2, 3), λ 0.1, seed 1`. Runs that would have the same name also
 * have the options of the pooling and the fields of the configuration in which they differ.
 */
export function runNames(configs: RunConfig[]): string[] {
  const names = configs.map(shortName);
  return names.map((name, i) => {
    const alike = configs.filter((_, at) => names[at] === name);
    const config = configs[i]!;
    const more = differencesOf(alike).map(
      ({ axis }) => `${axis.replace(/^poolingConfig\./, '')} ${shownField(config, axis)}`,
    );
    return [name, ...more].join(', ');
  });
}

function shortName(config: RunConfig): string {
  const { pooling, lambda, seed } = config;
  const strides = initialStrides(config).join(', ');
  return `${pooling} (${strides})${lambda > 0 ? `, λ ${lambda}` : ''}, seed ${seed}`;
}
