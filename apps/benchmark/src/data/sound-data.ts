import path from 'node:path';
import {
  holdOutSounds,
  openEsc50,
  openNsynth,
  openSoundFolder,
  openSoundPattern,
  openSoundTable,
  openSpeechCommands,
  type SoundBatch,
  type SoundCache,
  type SoundClip,
  type SoundDataset,
  type SoundTask,
  soundBatches,
  soundStatistics,
  subsetOfSounds,
} from '@ds/data';
import type { SpectrogramOptions } from '@ds/data/audio';
import { soundPreview } from '../class-test/sound-preview.js';
import type { RunConfig, SoundsConfig } from '../config/run-config.js';
import { countOf } from './count-of.js';
import { reading } from './data-failure.js';
import { fingerprint, partsOfClips } from './data-fingerprint.js';
import { openOwnFolder } from './folder-remedy.js';
import { heldOut, scoredCount } from './held-out.js';
import type { RunData } from './run-data.js';
import { balancedWeights, lossesOf } from './sound-losses.js';

/** Opens a folder of sounds in the layout that its configuration says. */
async function openSounds(sounds: SoundsConfig, folder: string): Promise<SoundDataset> {
  const { layout, tasks, testFold } = sounds;
  const { pattern, test, source } = sounds;
  const { table, splitColumn, sourceColumn, labelSeparator } = sounds;
  switch (layout) {
    case 'speech-commands':
      return openSpeechCommands({ folder });
    case 'nsynth':
      return openNsynth({ folder, tasks });
    case 'esc50':
      return openEsc50({ folder, testFold });
    case 'folder':
      return openSoundFolder({ folder });
    case 'table':
      return openSoundTable({
        table: path.join(folder, table!),
        tasks: tasks!,
        splitColumn,
        sourceColumn,
        labelSeparator,
      });
    case 'pattern':
      return openSoundPattern({ folder, pattern: pattern!, tasks: tasks!, test: test!, source });
  }
}

/** Frames of 25 ms, every 10 ms; log-mel bands. */
export function frontEndOf({ sampleRate, bands }: SoundsConfig): SpectrogramOptions {
  const frameLength = Math.round(0.025 * sampleRate);
  return {
    sampleRate,
    frameLength,
    hopLength: Math.round(0.01 * sampleRate),
    fftLength: 2 ** Math.ceil(Math.log2(frameLength)),
    bands,
    norm: 'none',
  };
}

/**
 * The sounds of a run, drawn by the seed. All poolings get the same clips. If there are fewer than
 * wanted, all are taken.
 */
export async function openSoundRun(config: RunConfig, folder: string): Promise<RunData> {
  const { seed, batchSize } = config;
  const sounds = config.sounds!;
  const whole = await openOwnFolder(config, () => openSounds(sounds, folder));
  const wanted = sounds.tasks ?? whole.tasks.map(({ name }) => name);
  const tasks = wanted.map((name) => {
    const task = whole.tasks.find((one) => one.name === name);
    if (task) return task;
    const names = whole.tasks.map((one) => one.name);
    throw new Error(`sounds.tasks must be some of ${names.join(', ')}, got '${name}'`);
  });
  const dataset = heldSounds(config, whole, wanted);
  const drawn = (clips: SoundClip[], count: number) =>
    subsetOfSounds(dataset, clips, count, seed, wanted);
  const train = drawn(dataset.train, countOf(config.trainImages, dataset.train.length));
  const test = drawn(dataset.test, scoredCount(config, dataset.test.length));
  requirePositives(dataset.tasks, test);
  const { seconds, specAugment, classWeights } = sounds;
  const frontEnd = frontEndOf(sounds);
  const cache: SoundCache = new Map();
  const { notes } = dataset;
  const onNote = (note: string) => notes.push(note);
  const statistics = await soundStatistics(train, { frontEnd, seconds, cache, onNote });
  const input = { batchSize, tasks: wanted, frontEnd, seconds, cache, onNote, ...statistics };
  const probe = await soundBatches(dataset, test.slice(0, 1), input).next();
  const { spectrograms, labels } = probe.value!;
  const shape = spectrograms.shape.slice(1) as [number, number, number];
  for (const tensor of [spectrograms, ...labels]) tensor.dispose();
  return {
    name: dataset.name,
    shape,
    classes: tasks[0]!.classes.length,
    classNames: tasks[0]!.classes,
    preview: async ({ file }) => {
      const samples = file === null ? undefined : cache.get(file);
      return samples ? soundPreview(samples, frontEnd.sampleRate, seconds) : null;
    },
    trainCount: train.length,
    testCount: test.length,
    available: { train: dataset.train.length, test: dataset.test.length },
    notes,
    fingerprint: async () =>
      fingerprint([
        ...tasks.flatMap(({ name, classes }) => [name, ...classes]),
        dataset.train.length,
        dataset.test.length,
        ...(await reading(partsOfClips(train, folder))),
        ...(await reading(partsOfClips(test, folder))),
        // Of the training sounds' values.
        statistics.mean,
        statistics.std,
      ]),
    train: (epoch) =>
      asImages(soundBatches(dataset, train, { ...input, specAugment, shuffle: { seed, epoch } })),
    test: (count = test.length) =>
      asImages(soundBatches(dataset, drawn(test, countOf(count, test.length)), input)),
    sound: { frontEnd, seconds, tasks, split: dataset.split, ...statistics },
    losses: lossesOf(tasks),
    ...(classWeights && {
      classWeights: tasks.map((task) => balancedWeights(task, train, dataset.tasks.indexOf(task))),
    }),
  };
}

/** The dataset whose test clips are held-out training clips, if a run asks for them. */
function heldSounds(config: RunConfig, dataset: SoundDataset, tasks: string[]): SoundDataset {
  const draw = heldOut(config, dataset.train.length);
  if (!draw) return dataset;
  const { train, validation } = holdOutSounds(dataset, dataset.train, draw.count, draw.seed, tasks);
  return { ...dataset, train, test: validation };
}

/** mAP and AUC need a label in the test sounds, and AUC a sound without it. */
function requirePositives(tasks: SoundTask[], clips: SoundClip[]): void {
  tasks.forEach(({ name, classes, multiLabel }, at) => {
    if (!multiLabel) return;
    const counts = classes.map(
      (_, label) => clips.filter(({ labels }) => (labels[at] as number[]).includes(label)).length,
    );
    if (counts.some((count) => count > 0 && count < clips.length)) return;
    throw new Error(
      `sounds: '${name}' must have a label that some test sounds have and others lack, ` +
        `got ${counts.join(', ')} of ${clips.length} sounds by label; test on more sounds`,
    );
  });
}

/** The spectrograms as the images that training takes. */
async function* asImages(batches: AsyncIterable<SoundBatch>) {
  for await (const { spectrograms, ...others } of batches)
    yield { images: spectrograms, ...others };
}
