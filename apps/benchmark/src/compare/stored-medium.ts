import { formatCount, formatShare } from '../format.js';
import { initialStrides } from '../initial-strides.js';
import { readStoredResult, type StoredResult } from '../reproduce/stored-result.js';

/** The stored result of the medium preset, in a clone of the repository. */
const NAME = '60-tradeoff-medium';

/**
 * A sentence with the numbers of the stored medium run, for reports of quick runs. `null` outside a
 * clone, where no result is stored.
 */
export async function storedMedium(): Promise<string | null> {
  const result = await readStoredResult(NAME).catch(() => null);
  return result && mediumSentence(result);
}

/** The sentence for a stored result. All its runs begin with the strides of the first one. */
export function mediumSentence({ date, runs }: StoredResult): string {
  const { config } = runs[0]!;
  const start = initialStrides(config);
  const numbers = runs
    .filter((run) => `${initialStrides(run.config)}` === `${start}`)
    .map(({ config: { pooling, lambda }, score, macs }) => {
      const name = lambda > 0 ? `${pooling} (λ ${lambda})` : pooling;
      return `${name} ${formatShare(score)} at ${formatCount(macs)}`;
    });
  return (
    `Stored, and not of this run: ${config.epochs} epochs on all images (preset medium, ${date}), ` +
    `from (${start.join(', ')}), test accuracy and multiply-adds: ${numbers.join('; ')}. ` +
    `'npx ds-benchmark reproduce ${NAME}' makes it again.`
  );
}
