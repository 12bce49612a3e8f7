import { Spectrogram } from '@ds/data/audio';
import { costReport, type LayerCost } from '@ds/models';
import type { RunConfig } from '../config/run-config.js';
import type { DatasetName } from '../data/datasets.js';
import { frontEndOf } from '../data/sound-data.js';
import { useOwnBackend } from '../process/own-backend.js';
import { modelOf, type NetworkForm } from './run-model.js';

/** Image shape and number of classes of each dataset. Those of folders depend on the run. */
const FORMS: Record<Exclude<DatasetName, 'imagefolder' | 'sounds'>, NetworkForm> = {
  cifar10: { shape: [32, 32, 3], classes: 10 },
  cifar100: { shape: [32, 32, 3], classes: 100 },
  mnist: { shape: [28, 28, 1], classes: 10 },
  'fashion-mnist': { shape: [28, 28, 1], classes: 10 },
};

/** Assumed number of classes of an unopened sound task. The cost of a head is negligible. */
const CLASSES_OF_A_TASK = 10;

/** The cost of each layer for one image at the initial strides. Does not open the dataset. */
export async function layerCosts(config: RunConfig): Promise<LayerCost[]> {
  // All backends give the same sizes and counts; wasm is the fastest in Node.
  await useOwnBackend('wasm');
  const form = formOf(config);
  const model = modelOf(config, form);
  const layers = costReport(model, form.shape);
  model.dispose();
  return layers;
}

/** The input shape and the classes of a run's network. Does not open the dataset. */
export function formOf(config: RunConfig): NetworkForm {
  const { dataset, imageSize, sounds } = config;
  // A tree of image files is assumed to be ImageNet.
  if (dataset === 'imagefolder') return { shape: [imageSize!, imageSize!, 3], classes: 1000 };
  if (dataset !== 'sounds') return FORMS[dataset];
  const { sampleRate, seconds, tasks = ['class'] } = sounds!;
  const spectrogram = new Spectrogram(frontEndOf(sounds!));
  const classes = Array.from({ length: CLASSES_OF_A_TASK }, (_, i) => `${i}`);
  return {
    shape: [spectrogram.frames(Math.round(seconds * sampleRate)), spectrogram.bands, 1],
    classes: CLASSES_OF_A_TASK,
    sound: { tasks: tasks.map((name) => ({ name, classes })) },
  };
}

/** Multiply-adds for one image at the initial strides. */
export async function forwardMacs(config: RunConfig): Promise<number> {
  const layers = await layerCosts(config);
  return layers.reduce((total, { macs }) => total + macs, 0);
}
