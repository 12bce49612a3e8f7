import type { DatasetName } from './datasets.js';
import { presetOf } from './presets.js';
import type { ReportContext } from './report/report-context.js';
import type { RunConfig } from './run-config.js';

/** Datasets of known size, for which the duration of the published recipe is known. */
const OF_KNOWN_SIZE: DatasetName[] = ['cifar10', 'cifar100', 'mnist', 'fashion-mnist'];

/**
 * The note below numbers that do not follow a published recipe. It names the preset of the
 * recipe, and the duration if it is known.
 */
export function caveatOf({ preset }: Pick<ReportContext, 'preset'>, configs: RunConfig[]): string {
  if (preset === 'full') {
    return (
      "These runs do not follow the paper's protocol: " +
      'compare their numbers with each other only.'
    );
  }
  const short = `This was a ${preset} run, not the paper's protocol.`;
  const datasets = [...new Set(configs.map(({ dataset }) => dataset))];
  if (datasets.every((dataset) => OF_KNOWN_SIZE.includes(dataset))) {
    return `${short} The full experiment (weeks on a CPU): the same with preset 'full'`;
  }
  const longer = datasets.map((dataset) => `${dataset}: ${presetOf('full', dataset).description}`);
  return `${short} Longer training: the same with preset 'full' (${longer.join('; ')})`;
}
