// Stores a table of the benchmark for the page of results:
//   node docs/scripts/store-result.mjs <output folders> <name> <title> [<key>=<column> …]
//     [--preset <name>]   the preset of the runs, if the report does not have it
//     [--only <key>=<value>]   only these rows of the tables
// Several output folders, with commas between them, become one table. Its rows also have the
// settings in which the folders differ: `strideRate` and `smoothness`.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { presetOf } from './preset-of.mjs';

const { values, positionals } = parseArgs({
  options: { preset: { type: 'string' }, only: { type: 'string' } },
  allowPositionals: true,
});
const [list, name, title, ...pairs] = positionals;
if (!title) {
  console.error('store-result: needs folders, a name and a title');
  process.exit(1);
}
const folders = list.split(',');
const read = (folder, file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
const results = folders.flatMap((folder) => read(folder, 'results.json'));
const [onlyKey, onlyValue] = values.only?.split('=') ?? [];
const rows = folders
  .flatMap((folder) => {
    const table = read(folder, 'table.json');
    return folders.length === 1 ? table : withSettings(table, read(folder, 'results.json'));
  })
  .filter((row) => onlyKey === undefined || String(row[onlyKey]) === onlyValue);
const page = readFileSync(path.join(folders[0], 'report.html'), 'utf8');
const [{ config, dataset, images, environment, sound }] = results;
const things = sound ? 'sounds' : 'images';
const seeds = new Set(results.map((run) => run.config.seed)).size;
const preset = presetOf(page, values.preset);
if (!preset) {
  console.error('store-result: needs --preset <name>, since the report names no preset');
  process.exit(1);
}
const isShort = preset !== 'full';
const columns = pairs.map((pair) => {
  const [key, column] = pair.split('=');
  return { key, name: column ?? key };
});
const stored = {
  title,
  protocol: `${sound ? `A CNN of ${config.strides.length} blocks, width ${config.width},` : `ResNet-18 of width ${config.width}`} on ${images.train.toLocaleString('en')} training ${things} of ${dataset}${sound ? ` (${splitOf(results)})` : ''}, ${config.epochs} epochs in batches of ${config.batchSize}, ${images.test.toLocaleString('en')} ${config.validationImages === undefined ? 'test' : 'held-out training'} ${things}, ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}.${isShort ? ` **A ${preset} run, not the paper’s protocol.**` : ''}`,
  hardware: `${environment.processor}, ${environment.platform}, Node ${environment.node}`,
  date: page.match(/\d{4}-\d\d-\d\d/)[0],
  command: commandOf(page),
  preset,
  commit: commitOf(results),
  columns,
  rows,
  // From these, `ds-benchmark reproduce` makes the runs again.
  runs: results.map((run) => ({
    config: run.config,
    score: run.meanAveragePrecision ?? run.accuracy,
    shiftConsistency: run.shift?.consistency ?? null,
    macs: run.final.macs,
    // Images per second in training, and in classification of single images.
    imagesPerSecond: run.imagesPerSecond,
    inferenceRate: run.inferenceRate ?? null,
    // The same network with integer strides and new statistics of its batch norms.
    rounded: run.rounded?.statisticsImages ? run.rounded : null,
    seconds: Math.round(run.seconds),
    dataHash: run.dataHash,
    environment: run.environment,
  })),
  // The final strides of each run, from which its cost can be recomputed.
  strides: results.map((run) => ({
    pooling: run.config.pooling,
    initial: run.config.strides,
    lambda: run.config.lambda,
    seed: run.config.seed,
    final: run.final.strides,
  })),
};

/** Rows of a table with the settings of its runs, where a pooling learns strides. */
function withSettings(table, runs) {
  return table.map((row) => {
    const { poolingConfig, strideLearningRateScale } = runs.find(
      (run) => run.config.pooling === row.pooling,
    ).config;
    const { smoothness = null } = poolingConfig;
    const isLearned = smoothness !== null;
    return { ...row, smoothness, strideRate: isLearned ? strideLearningRateScale : null };
  });
}

/** The command that makes the runs. A report of finished runs says only where they were. */
function commandOf(report) {
  const [, written] = report.match(/<pre><code>([^<]+)/);
  if (folders.length > 1 || /^ds-benchmark report /.test(written))
    return `ds-benchmark reproduce ${name}`;
  return written.replace(/ --((?:output|data) \S+|resume)/g, '').replaceAll('&amp;', '&');
}

/** How sounds were split: the rule of all runs, or the values that test in turn. */
function splitOf(runs) {
  const splits = [...new Set(runs.map((run) => run.sound.split))];
  if (splits.length === 1) return splits[0];
  const [field] = Object.keys(config.sounds.test);
  const values = [...new Set(runs.flatMap((run) => run.config.sounds.test[field]))];
  return `${field} ${values.join(', ')} test in turn, the rest trains`;
}

const target = fileURLToPath(new URL(`../results/${name}.json`, import.meta.url));
writeFileSync(target, `${JSON.stringify(stored, null, 1)}\n`);

/** The commit of the code that trained, or `undefined` if the runs have several or none. */
function commitOf(runs) {
  const commits = new Set(runs.map((run) => /commit (\w+)/.exec(run.environment.code)?.[1]));
  return commits.size === 1 ? [...commits][0] : undefined;
}
