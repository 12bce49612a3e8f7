import { isModel, layersOf } from '@ds/graph';
import type * as tfl from '@tensorflow/tfjs-layers';

/** A layer that reduces images, and that a pooling can replace. */
export interface Downsampler {
  layer: tfl.layers.Layer;
  /** See `layersOf` of `@ds/graph`. */
  path: string;
  kind: 'convolution' | 'max' | 'average';
  /** Its strides [height, width]. At least one is > 1. */
  strides: [number, number];
  /** Size of the kernel or of the pooling window. */
  window: [number, number];
  padding: 'same' | 'valid';
  dataFormat: 'channelsFirst' | 'channelsLast';
  /** Whether it applies an activation to its sums. */
  isActivated: boolean;
  /** Whether that activation depends on other pixels, so that it must come after the pooling. */
  mixesPixels: boolean;
  /** The models around it, from outermost to innermost. */
  within: tfl.layers.Layer[];
}

/** A layer that reduces its input, and that no pooling can replace. */
export interface OtherDownsampler {
  layer: tfl.layers.Layer;
  path: string;
  strides: number[];
  reason: string;
}

const KINDS: Record<string, Downsampler['kind']> = {
  Conv2D: 'convolution',
  DepthwiseConv2D: 'convolution',
  SeparableConv2D: 'convolution',
  MaxPooling2D: 'max',
  AveragePooling2D: 'average',
};

/** Layers that reduce signals, volumes or frames. */
const NOT_ON_IMAGES = new Set(
  `Conv1D Conv3D MaxPooling1D MaxPooling3D AveragePooling1D AveragePooling3D ConvLSTM2D`.split(' '),
);

/**
 * Lists every layer of a model that reduces its input, in network order, except those inside
 * `TimeDistributed`. Paths begin with `prefix`.
 */
export function downsamplersOf(
  model: tfl.LayersModel,
  op: string,
  prefix = '',
): (Downsampler | OtherDownsampler)[] {
  return layersOf(model, op).flatMap(
    ({ layer, path: own, within }): (Downsampler | OtherDownsampler)[] => {
      const wrapper = within.find((one) => !isModel(one));
      if (wrapper?.getClassName() === 'TimeDistributed') return [];
      const path = `${prefix}${own}`;
      const config = layer.getConfig();
      const strides = [(layer as { strides?: unknown }).strides ?? []].flat() as number[];
      const className = layer.getClassName();
      const other = (reason: string) => [{ layer, path, strides, reason }];
      if (className.startsWith('ds>')) {
        const given = [config.strides ?? []].flat() as number[];
        const sizes = [config.strides, config.ratio, config.outputSize];
        // Unpoolings, upsamplings and UpsampledRelu have such sizes too.
        const isUpsampling = /Upsample|Unpool/.test(className);
        return !isUpsampling && sizes.some((size) => size != null)
          ? [{ layer, path, strides: given, reason: 'it is a pooling of @ds/layers already' }]
          : [];
      }
      if (!strides.some((stride) => stride > 1)) return [];
      if (NOT_ON_IMAGES.has(className)) return other('it works on no images of rank 4');
      const kind = KINDS[className];
      if (!kind) return [];
      if (wrapper) return other(`it is inside a ${wrapper.getClassName()}`);
      const { activation, padding, dataFormat } = config;
      return [
        {
          layer,
          path,
          kind,
          strides: strides as [number, number],
          window: (config.kernelSize ?? config.poolSize) as [number, number],
          padding: padding as 'same' | 'valid',
          dataFormat: dataFormat as 'channelsFirst' | 'channelsLast',
          isActivated: activation !== undefined && activation !== 'linear',
          mixesPixels: mixesPixels(activation, dataFormat),
          within,
        },
      ];
    },
  );
}

/** Whether an activation depends on other pixels: a softmax of tfjs is over the last axis. */
export function mixesPixels(activation: unknown, dataFormat: unknown): boolean {
  return dataFormat === 'channelsFirst' && /softmax/i.test(`${activation}`);
}

/** Whether a pooling can replace a layer. */
export function isReplaceable(one: Downsampler | OtherDownsampler): one is Downsampler {
  return 'kind' in one;
}
