import { audioCnn, mobilenetV2, resnet18, strideVariables } from '@ds/models';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { RunConfig } from '../config/run-config.js';
import type { StridesByLayer } from '../run/run-result.js';

/** The input shape and the classes of a network. */
export interface NetworkForm {
  /** [height, width, channels], or [time, frequency, 1]. */
  shape: [number, number, number];
  classes: number;
  /** Of sounds: a head for each task. */
  sound?: { tasks: { name: string; classes: string[] }[] };
}

/** The network of a run: the audio network for sounds, or the model of the configuration. */
export function modelOf(config: RunConfig, data: NetworkForm): LayersModel {
  const { pooling, poolingConfig, strides, width, variant, stem, seed, border } = config;
  const padding = border === 'circular' || border === 'reflect' ? border : ('same' as const);
  const shared = { inputShape: data.shape, pooling, poolingConfig, strides, seed, padding };
  if (data.sound) {
    const tasks = data.sound.tasks.map(({ name, classes }) => [name, classes.length] as const);
    return audioCnn({ ...shared, widths: audioWidths(config), tasks: Object.fromEntries(tasks) });
  }
  if (config.model === 'mobilenet-v2') {
    const { padding: _, ...options } = shared;
    return mobilenetV2({ ...options, classes: data.classes, width: widthMultiplier(width) });
  }
  return resnet18({ ...shared, classes: data.classes, width, variant, stem });
}

/**
 * The width multiplier that gives the first stage of a MobileNetV2 about this many filters.
 *
 * @throws Error if the network would be narrower than the published ones.
 */
export function widthMultiplier(width: number): number {
  if (width >= NARROWEST) return width / 16;
  throw new Error(`width must be at least ${NARROWEST} for mobilenet-v2, got ${width}`);
}

/** A tenth of the published width. */
const NARROWEST = 1.6;

/** Filters of the blocks of the audio network: doubled twice, then kept. */
export function audioWidths({ width, strides }: Pick<RunConfig, 'width' | 'strides'>): number[] {
  return strides.map((_, block) => width * Math.min(2 ** block, 4));
}

/** The strides of every pooling: learned where they are, else those of the configuration. */
export function stridesOf(model: LayersModel, config: RunConfig): StridesByLayer {
  const { dataset, strides } = config;
  const learned = strideVariables(model);
  if (learned.length > 0) {
    return Object.fromEntries(
      learned.map(({ layer, strides: pair }) => [layer, pair as [number, number]]),
    );
  }
  const pair = (i: number): [number, number] => [strides[i]!, strides[i]!];
  if (dataset === 'sounds') {
    return Object.fromEntries(strides.map((_, i) => [`block${i + 1}.pool`, pair(i)]));
  }
  if (config.model === 'mobilenet-v2') {
    return Object.fromEntries(
      strides.flatMap((stride, i) =>
        i === 0 || stride === 1 ? [] : [[`stage${i}.block0.pool`, pair(i)]],
      ),
    );
  }
  const names = ['stem', 'stage1', 'stage2.block0', 'stage3.block0', 'stage4.block0'];
  return Object.fromEntries(
    names.flatMap((name, i) => (i === 1 ? [] : [[`${name}.pool`, pair(i)]])),
  );
}
