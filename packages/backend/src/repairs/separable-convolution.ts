import { type Tensor, tidy, transpose } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { layerPrototype } from '../replacements/layer-prototype.js';
import { replaceMethod, takeBackMethods } from '../replacements/methods.js';
import { OWN_KERNELS, type Repair } from './repair.js';

interface SeparableConv2D extends layers.Layer {
  dataFormat: 'channelsFirst' | 'channelsLast';
}

const NAME = 'SeparableConv2D with the channels first';

let prototype: SeparableConv2D | undefined;

/** Transposes such images, and calls the layer as one with the channels last. */
export const separableConvolution: Repair = {
  name: NAME,
  wrong: 'adds the bias along the height',
  backends: [...OWN_KERNELS, 'tensorflow'],
  changes: ['method SeparableConv2D.call'],
  install: async () => {
    prototype ??= await layerPrototype<SeparableConv2D>((of) =>
      of.separableConv2d({ name: 'probe', filters: 1, kernelSize: 1 }),
    );
    if (!prototype) return;
    replaceMethod(prototype, 'call', (below) => {
      return function (this: SeparableConv2D, inputs, kwargs) {
        const images = [inputs].flat() as Tensor[];
        // tfjs refuses several inputs.
        if (this.dataFormat !== 'channelsFirst' || images.length > 1) {
          return below.call(this, inputs, kwargs);
        }
        return tidy(() => {
          const channelsLast = Object.create(this, { dataFormat: { value: 'channelsLast' } });
          const y = below.call(channelsLast, transpose(images[0]!, [0, 2, 3, 1]), kwargs);
          return transpose(y as Tensor, [0, 3, 1, 2]);
        });
      };
    });
  },
  uninstall: () => {
    if (prototype) takeBackMethods(prototype, `repair/${NAME}`);
  },
};
