import { type Check, DataError, nearest, refuse, requireOptions } from '@ds/checks';
import type { HeardTask, SoundInput } from '@ds/data/audio';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Card, ImageCard, SoundCard } from './card.js';
import { networkOf } from './network-of.js';
import { type Pixels, pixelPreparation } from './pixel-preparation.js';
import { IMAGES, SOUNDS } from './stored.js';

/** Names of networks for images. */
export type ImageWeightsName = keyof typeof IMAGES;

/** Names of networks for sounds. */
export type SoundWeightsName = keyof typeof SOUNDS;

/** Names of trained networks. */
export type WeightsName = ImageWeightsName | SoundWeightsName;

/** Options of {@link loadWeights}. */
export interface LoadWeightsOptions {
  /**
   * Folder of the weights: an address, or in Node also a path. The file has the network's name and
   * the ending `.safetensors`. Default: the file of this package, which bundlers copy.
   */
  baseUrl?: string | URL;
}

/** A trained network for images. */
export interface ImageWeights {
  /** From [batch, height, width, 3] to logits [batch, classes], with the learned strides. */
  model: LayersModel;
  /** Names of the classes, in the order of the logits. */
  classes: string[];
  /** Makes the network's input of pixels. The caller disposes of it. */
  prepare: (pixels: Pixels) => Tensor4D;
  card: ImageCard;
}

/** A trained network for sounds. */
export interface SoundWeights {
  /** From spectrograms [batch, frames, bands, 1] to logits, one tensor for each task. */
  model: LayersModel;
  /** The front end, the tasks and their classes, as `classifySound` of `@ds/data/audio` needs. */
  input: SoundInput;
  /** Classifies samples of one channel in [−1, 1], at a rate in Hz. */
  classify: (samples: Float32Array, sampleRate: number) => Promise<HeardTask[]>;
  card: SoundCard;
}

const OP = 'loadWeights';

const STORED: Record<string, { card: Card; url: URL }> = { ...IMAGES, ...SOUNDS };

/** The cards of all networks, by name. */
export const cards = Object.fromEntries(
  Object.entries(STORED).map(([name, { card }]) => [name, card]),
) as Record<WeightsName, Card>;

/**
 * Loads a trained network. In Node its file is read from the disk, in a browser it is fetched.
 * {@link cards} describes the networks: data and licence, protocol, results, strides, limits.
 *
 * @throws ConfigError if the name or an option is unknown or wrong.
 * @throws DataError if the file is missing or damaged.
 */
export async function loadWeights(
  name: ImageWeightsName,
  options?: LoadWeightsOptions,
): Promise<ImageWeights>;
export async function loadWeights(
  name: SoundWeightsName,
  options?: LoadWeightsOptions,
): Promise<SoundWeights>;
export async function loadWeights(
  name: WeightsName,
  options?: LoadWeightsOptions,
): Promise<ImageWeights | SoundWeights>;
export async function loadWeights(
  name: WeightsName,
  options: LoadWeightsOptions = {},
): Promise<ImageWeights | SoundWeights> {
  const names = Object.keys(STORED);
  if (!names.includes(name)) {
    const hint = typeof name === 'string' ? ` (${nearest(name, names)}?)` : '';
    refuse(OP, 'name', `be one of ${names.join(', ')}${hint}`, name);
  }
  requireOptions<LoadWeightsOptions>(OP, 'options', options, { baseUrl: requireAddress });
  const { baseUrl } = options;
  const { card, url } = STORED[name]!;
  const file =
    baseUrl === undefined ? url : `${`${baseUrl}`.replace(/\/?$/, '/')}${name}.safetensors`;
  return withPreparation(card, await networkOf(card, file).catch((error) => refused(card, error)));
}

function refused({ name }: Card, error: Error): never {
  // Without a backend of tfjs, for instance, the file is not at fault.
  if (!(error instanceof DataError)) throw error;
  throw new DataError(
    `${OP}: baseUrl must be a folder with the file ${name}.safetensors of this version, ` +
      `got this error: ${error.message}`,
    { cause: error },
  );
}

const requireAddress: Check = (op, name, value) => {
  if (value instanceof URL || (typeof value === 'string' && value !== '')) return;
  refuse(op, name, 'be a URL, or a path of a folder', value);
};

/** Adds the preparation of inputs to a network. */
export function withPreparation(card: Card, model: LayersModel): ImageWeights | SoundWeights {
  if (card.kind === 'images') {
    return { model, classes: card.classes, prepare: pixelPreparation(card), card };
  }
  const { input } = card;
  return {
    model,
    input,
    classify: async (samples, sampleRate) => {
      const { classifySound } = await import('@ds/data/audio');
      const predict = (x: Tensor) => model.predict(x) as Tensor | Tensor[];
      return classifySound(predict, samples, sampleRate, input);
    },
    card,
  };
}
