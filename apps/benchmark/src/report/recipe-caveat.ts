import { PRESETS, presetOf } from '../config/presets.js';
import type { RunConfig } from '../config/run-config.js';
import type { DatasetName } from '../data/datasets.js';
import { NO_PRESET, type ReportContext } from './report-context.js';

/** Datasets of known size, for which the duration of the published recipe is known. */
const OF_KNOWN_SIZE: DatasetName[] = ['cifar10', 'cifar100', 'mnist', 'fashion-mnist'];

/** Whether the pictures or sounds are the user's own. The paper has no numbers for them. */
export function isOwnData({ dataset }: Pick<RunConfig, 'dataset'>): boolean {
  return !OF_KNOWN_SIZE.includes(dataset);
}

/**
 * The note below numbers that do not follow a published recipe. For the datasets of the paper it
 * names the preset of the recipe. For own data it names the next larger preset.
 */
export function caveatOf({ preset }: Pick<ReportContext, 'preset'>, configs: RunConfig[]): string {
  const isOwn = configs.some(isOwnData);
  if (preset === 'full' || preset === NO_PRESET) {
    return isOwn
      ? 'These runs follow no published recipe: compare their numbers with each other only.'
      : "These runs do not follow the paper's protocol: " +
          'compare their numbers with each other only.';
  }
  if (!isOwn) {
    return (
      `This was a ${preset} run, not the paper's protocol. ` +
      "The full experiment (weeks on a CPU): the same with preset 'full'"
    );
  }
  const order = Object.keys(PRESETS);
  const next = order[order.indexOf(preset) + 1] ?? 'full';
  const datasets = [...new Set(configs.map(({ dataset }) => dataset))];
  const longer = datasets.map((dataset) => presetOf(next, dataset).description);
  return `This was a ${preset} run. Longer training: --preset ${next} (${longer.join('; ')})`;
}
