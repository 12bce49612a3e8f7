import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { contextOfRuns } from '../command-line/run-of-flags.js';
import type { RunConfig } from '../config/run-config.js';
import { type ExperimentSpec, reportOf } from '../experiments/experiment.js';
import { writeReport } from '../experiments/write-report.js';
import { maskedCommand } from '../queue/masked-address.js';
import { claimOutput } from '../run-folder/output-folder.js';
import { requireNoExperiment } from '../run-folder/protected-output.js';
import { fieldOf } from '../sweep/axis.js';
import { columnsOf, fitted } from '../text/terminal-width.js';
import { visibleText } from '../text/visible-text.js';
import { comparisonNotes, requireComparable } from './comparable.js';
import { type Difference, differencesOf, differencesText } from './differences.js';
import { dataHashes } from './same-data.js';
import { storedResults } from './stored-results.js';

/** The flags of `report`. */
export interface ReportFlags {
  output: string;
  json: boolean;
}

/**
 * Compares finished runs: prints what differs between them and the table, and writes the report.
 *
 * @throws Error that names the folder without finished runs, or what the runs do not share.
 */
export async function reportRuns(folders: string[], { output, json }: ReportFlags): Promise<void> {
  // Its results may replace those of an experiment only if they are all of it.
  const isOwn = folders.every((folder) => path.resolve(folder) === path.resolve(output));
  if (!isOwn) requireNoExperiment(output);
  const { results, unfinished } = await storedResults(folders);
  requireComparable(results);
  dataHashes('report', results);
  const configs = results.map(({ config }) => config);
  const differences = differencesOf(configs);
  const say = (text: string, stream: NodeJS.WriteStream = process.stdout) =>
    stream.write(`${fitted(visibleText(text), columnsOf(stream))}\n`);
  for (const run of unfinished) say(`Left out, since it is not finished: ${run}`, process.stderr);
  const release = await claimOutput(output);
  try {
    const context = contextOfRuns(configs, maskedCommand(process.argv.slice(2)));
    const report = reportOf(specOf(configs, differences), results, context);
    if (!json) {
      const count = `${results.length} ${results.length === 1 ? 'run' : 'runs'}`;
      const differ = differencesText(differences);
      say(differ ? `${count}, which differ in ${differ}` : count);
      for (const note of comparisonNotes(results)) say(note);
      say(`\n${report.text}`);
    }
    const file = await writeReport(report, results, output);
    if (json) process.stdout.write(`${visibleText(JSON.stringify(report.rows))}\n`);
    else say(`Report: ${pathToFileURL(path.resolve(file))}`);
  } finally {
    await release();
  }
}

/** Fields that depend on the pooling. */
const BESIDE_THE_POOLING: (keyof RunConfig)[] = ['poolingConfig', 'poolingModule'];

/** A comparison of poolings if nothing else differs, besides seeds. Otherwise a grid. */
export function specOf(configs: RunConfig[], differences: Difference[]): ExperimentSpec {
  const poolings = [...new Set(configs.map(({ pooling }) => pooling))];
  const varied = differences.map(({ axis }) => axis).filter((axis) => axis !== 'seed');
  const options = new Set(configs.map((one) => JSON.stringify([one.pooling, one.poolingConfig])));
  // Options that come with the pooling need no column.
  const isOwn = options.size === poolings.length;
  const axes = varied.filter((axis) => !isOwn || !BESIDE_THE_POOLING.includes(fieldOf(axis)));
  if (isOwn && axes.every((axis) => axis === 'pooling')) {
    return { experiment: 'compare', poolings };
  }
  return { experiment: 'grid', name: 'Comparison of runs', axes };
}
