import { initialStrides } from '../network/initial-strides.js';
import { readStoredResult, type StoredResult } from '../reproduce/stored-result.js';
import { meanAndDeviation } from '../statistics/mean-and-deviation.js';
import { formatAccuracy, formatCount } from '../text/format.js';

/** The stored results of the medium preset, one for each seed, in a clone of the repository. */
const NAMES = ['60-tradeoff-medium', '61-second-seed-medium'];

/**
 * A sentence with the numbers of the stored medium runs, for reports of quick runs. `null` outside
 * a clone, where no result is stored.
 */
export async function storedMedium(): Promise<string | null> {
  const found = await Promise.all(NAMES.map((name) => readStoredResult(name).catch(() => null)));
  const results = found.filter((result) => result !== null);
  return results.length > 0 ? mediumSentence(results) : null;
}

/** The sentence for stored results: their runs from the initial strides of the first one. */
export function mediumSentence(results: StoredResult[]): string {
  const all = results.flatMap(({ runs }) => runs);
  const { config } = all[0]!;
  const start = initialStrides(config);
  const nameOf = (run: StoredResult['runs'][number]) => {
    const { pooling, lambda } = run.config;
    return lambda > 0 ? `${pooling} (λ ${lambda})` : pooling;
  };
  const runs = all.filter((run) => `${initialStrides(run.config)}` === `${start}`);
  const numbers = [...new Set(runs.map(nameOf))].map((name) => {
    const own = runs.filter((run) => nameOf(run) === name);
    const { mean, deviation } = meanAndDeviation(own.map(({ score }) => score));
    const macs = meanAndDeviation(own.map((run) => run.macs)).mean;
    return `${name} ${formatAccuracy({ accuracy: mean, deviation })} at ${formatCount(macs)}`;
  });
  const seeds = new Set(runs.map((run) => run.config.seed)).size;
  const dates = results.map(({ date }) => date).sort();
  return (
    `Stored, and not of this run: ${config.epochs} epochs on all images (preset medium, ` +
    `${dates.at(-1)}, ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}), from (${start.join(', ')}), test ` +
    `accuracy and multiply-adds: ${numbers.join('; ')}. 'npx ds-benchmark reproduce ${NAMES[0]}' makes ` +
    'the first seed again.'
  );
}
