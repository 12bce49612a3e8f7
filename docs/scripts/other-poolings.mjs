// Fixed poolings that the paper's table lacks, from the stored medium runs.
import {
  accuracyText,
  deviation,
  inBrackets,
  mean,
  mediumRuns,
  million,
  POOLINGS,
  startOf,
} from './medium-table.mjs';
import { listed, seedGroups, seedsText } from './seed-groups.mjs';

/**
 * The mean accuracy in percent, its deviation over seeds, the mean multiply-adds and the number of
 * runs of each pooling and start, the most accurate first.
 *
 * @param folder The folder of the stored results.
 */
export function otherPoolings(folder) {
  const runs = mediumRuns(folder).filter(({ config }) => !POOLINGS.includes(config.pooling));
  const groups = new Map();
  for (const run of runs) {
    const key = `${run.config.pooling} ${startOf(run.config)}`;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()]
    .map((own) => {
      const scores = own.map(({ score }) => 100 * score);
      const [{ config }] = own;
      return {
        pooling: config.pooling,
        strides: startOf(config),
        accuracy: mean(scores),
        deviation: own.length > 1 ? deviation(scores) : null,
        macs: mean(own.map(({ macs }) => macs)),
        runs: own.length,
      };
    })
    .sort((a, b) => b.accuracy - a.accuracy);
}

/**
 * The poolings in words, and which learned networks are more accurate.
 *
 * @param others Rows of {@link otherPoolings}.
 * @param curve Points of `penaltyCurve`.
 */
export function otherPoolingsSentences(others, curve) {
  const named = others.map(({ pooling, strides, macs, ...one }, at) => {
    const unit = at === 0 ? ' multiply-adds' : '';
    const reached = `${accuracyText(one)} % with ${million(macs)}${unit}`;
    return `\`${pooling}\` from ${inBrackets(strides)} ${reached}`;
  });
  const [best] = others;
  const [{ seeds }] = seedGroups(others.map((one) => ({ seeds: one.runs, name: one.pooling })));
  const ahead = curve
    .filter(({ accuracy }) => accuracy > best.accuracy)
    .map(({ lambda, macs }) => {
      const times = (macs / best.macs).toFixed(1);
      return `the one with λ = ${lambda} (${times} times the multiply-adds)`;
    });
  const lead =
    ahead.length === 0
      ? `No learned network is more accurate than \`${best.pooling}\`.`
      : `Of the learned networks, only ${listed(ahead)} ${ahead.length === 1 ? 'is' : 'are'} more ` +
        `accurate than \`${best.pooling}\`.`;
  return (
    `Fixed poolings that the table lacks follow convolutions at stride 1. They reach, by pooling: ` +
    `${listed(named)} (${seedsText(seeds)}). ${lead}`
  );
}
