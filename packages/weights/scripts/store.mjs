// Stores the network of a finished run of `ds-benchmark train` as a file with a card:
//
//     node packages/weights/scripts/store.mjs <run-folder> <name>
//
// The run folder has `summary.json` and `model/`, or is an output folder with one such run. Its
// command is in `<run-folder>.command.txt`, or in `--command`. Build this package first, and again
// afterwards. `--to` is another folder than this package, for tests.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import '@ds/layers';
import { useBackend } from '@ds/backend';
import { strideVariables } from '@ds/models';
import { toSafetensors } from '@ds/models/safetensors';
import { unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { networkOf } from '../dist/network-of.js';
import { writeReadme } from './cards-in-readme.mjs';
import { CIFAR10, SPOKEN_DIGITS } from './data-sets.mjs';
import { protocolOf } from './protocol.mjs';

/** The largest file that ships. */
const MOST_BYTES = 1_500_000;

/** The seed and the number of random inputs whose outputs a card has. */
const CHECK = { seed: 7, count: 2 };

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { command: { type: 'string' }, to: { type: 'string' } },
});
const [given, name] = positionals;
if (!given || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name ?? '')) {
  throw new Error(`store: use it as node store.mjs <run-folder> <name>, got ${positionals}`);
}
const to = values.to ?? fileURLToPath(new URL('..', import.meta.url));
const files = path.join(to, 'src/files');
const run = runIn(given);
const summary = readJson(path.join(run, 'summary.json'));
if (summary.stopped) throw new Error(`store: ${run} must be a finished run, got a stopped one`);

await useBackend('wasm');
const trained = await trainedModel(path.join(run, 'model'));
const bytes = await toSafetensors(trained, {
  dtype: 'float16',
  metadata: { name, producer: '@ds/weights' },
});
if (bytes.length > MOST_BYTES) {
  throw new Error(`store: ${name} must have at most ${MOST_BYTES} bytes, got ${bytes.length}`);
}
const card = {
  ...aboutNetwork(summary, trained),
  name,
  bytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
  command: commandOf(),
  protocol: protocolOf(summary),
  seed: summary.config.seed,
  results: resultsOf(summary),
  strides: { ...summary.final.strides, ...learnedStrides(trained) },
  macs: summary.final.macs,
  parameters: summary.parameters,
  versions: versionsOf(summary),
};
const stored = await networkOf(card, bytes);
const [want, got] = [trained, stored].map(outputsOf);
card.float16Error = rounded(
  Math.max(
    ...want.flatMap((one, output) => one.map((value, at) => Math.abs(value - got[output][at]))),
  ),
);

mkdirSync(files, { recursive: true });
writeFileSync(path.join(files, `${name}.safetensors`), bytes);
writeFileSync(
  path.join(files, `${name}.json`),
  `${JSON.stringify({ ...card, config: summary.config, check: { ...CHECK, outputs: got } }, null, 2)}\n`,
);
const all = readdirSync(files)
  .filter((file) => file.endsWith('.json'))
  .sort()
  .map((file) => readJson(path.join(files, file)));
writeFileSync(path.join(to, 'src/stored.ts'), storedModule(all));
writeReadme(path.join(to, 'README.md'), all);
console.log(`${name}: ${bytes.length} bytes, outputs differ by ${card.float16Error.toFixed(5)}`);

/** The folder of a run: the given one, or the one run of an output folder. */
function runIn(folder) {
  if (existsSync(path.join(folder, 'summary.json'))) return folder;
  const runs = path.join(folder, 'runs');
  const finished = (existsSync(runs) ? readdirSync(runs) : [])
    .map((one) => path.join(runs, one))
    .filter((one) => existsSync(path.join(one, 'summary.json')));
  if (finished.length === 1) return finished[0];
  throw new Error(`store: ${folder} must have one finished run, got ${finished.length}`);
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function commandOf() {
  if (values.command) return values.command;
  const file = `${given.replace(/[/\\]+$/, '')}.command.txt`;
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  throw new Error(`store: --command must say how ${given} was trained, got none`);
}

/** The model of a run, which `tf.io` of tfjs in Node cannot read from a folder. */
async function trainedModel(folder) {
  const { modelTopology, weightsManifest } = readJson(path.join(folder, 'model.json'));
  const weightData = new Uint8Array(readFileSync(path.join(folder, 'weights.bin'))).buffer;
  const weightSpecs = weightsManifest[0].weights;
  return tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
}

/** What a card says about the network, its input and its data. */
function aboutNetwork({ config, sound, dataset }, model) {
  const inputShape = model.inputs[0].shape.slice(1);
  const { pooling, poolingConfig, strides, width, variant, stem } = config;
  const shared = { inputShape, pooling, poolingConfig, strides };
  if (config.dataset === 'cifar10') {
    const { classes, ...about } = CIFAR10;
    const network = { ...shared, classes: classes.length, width, variant, stem };
    return { kind: 'images', network, classes, ...about };
  }
  if (config.dataset !== 'sounds') {
    throw new Error(`store: dataset must be cifar10 or sounds, got ${config.dataset} (${dataset})`);
  }
  const tasks = Object.fromEntries(sound.tasks.map((one) => [one.name, one.classes.length]));
  // As the benchmark doubles them: twice, then no more.
  const widths = strides.map((_, block) => width * Math.min(2 ** block, 4));
  const { split: _split, ...input } = sound;
  return { kind: 'sounds', network: { ...shared, tasks, widths }, input, ...SPOKEN_DIGITS };
}

function resultsOf({ accuracy, taskAccuracies, images, shift }) {
  return {
    accuracy,
    ...(taskAccuracies && { taskAccuracies }),
    examples: images.test,
    shiftConsistency: shift.consistency,
    shiftExamples: shift.images,
    maxShift: shift.maxShift,
  };
}

function learnedStrides(model) {
  return Object.fromEntries(strideVariables(model).map(({ layer, strides }) => [layer, strides]));
}

function versionsOf({ environment, backend }) {
  const { node, tfjs, platform, processor } = environment;
  return { node, tfjs, platform, processor, backend: backend.name };
}

/** A value with six decimals, as cards have them. */
function rounded(value) {
  return Number(value.toFixed(6));
}

/** The outputs of a model for random inputs in (−1, 1). */
function outputsOf(model) {
  const shape = [CHECK.count, ...model.inputs[0].shape.slice(1)];
  return tf.tidy(() =>
    [model.predict(unitTensor(CHECK.seed, shape))]
      .flat()
      .map((output) => [...output.dataSync()].map((value) => Number(value.toFixed(6)))),
  );
}

/** The module with all cards, and an address of each file that bundlers find. */
function storedModule(all) {
  const table = (kind) =>
    all
      .filter((one) => one.kind === kind)
      .map(({ config: _config, check: _check, ...shown }) =>
        [
          `  '${shown.name}': {`,
          `    url: new URL('./files/${shown.name}.safetensors', import.meta.url),`,
          `    card: ${JSON.stringify(shown)},`,
          '  },\n',
        ].join('\n'),
      )
      .join('');
  return `// \`scripts/store.mjs\` writes this file.
import type { ImageCard, SoundCard } from './card.js';

/** A file of weights and its card. */
interface Stored<OfKind> {
  url: URL;
  card: OfKind;
}

export const IMAGES = {
${table('images')}} satisfies Record<string, Stored<ImageCard>>;

export const SOUNDS = {
${table('sounds')}} satisfies Record<string, Stored<SoundCard>>;
`;
}
