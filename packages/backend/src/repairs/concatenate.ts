import type { Tensor } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { layerPrototype } from '../replacements/layer-prototype.js';
import { replaceMethod, takeBackMethods } from '../replacements/methods.js';
import { OWN_KERNELS, type Repair } from './repair.js';

interface Concatenate extends layers.Layer {
  axis: number;
  mergeFunction(inputs: Tensor[]): Tensor;
}

const NAME = 'Concatenate along an axis from the end';

let prototype: Concatenate | undefined;

/** Counts such an axis from the beginning, as the layer's symbolic shape does. */
export const concatenate: Repair = {
  name: NAME,
  wrong: 'joins the last axis for every negative one',
  backends: [...OWN_KERNELS, 'tensorflow'],
  changes: ['method Concatenate.mergeFunction'],
  install: async () => {
    prototype ??= await layerPrototype<Concatenate>((of) => of.concatenate({ name: 'probe' }));
    if (!prototype) return;
    replaceMethod(prototype, 'mergeFunction', (below) => {
      return function (this: Concatenate, inputs: Tensor[]) {
        if (this.axis >= 0) return below.call(this, inputs);
        const axis = this.axis + inputs[0]!.rank;
        return below.call(Object.create(this, { axis: { value: axis } }), inputs);
      };
    });
  },
  uninstall: () => {
    if (prototype) takeBackMethods(prototype, `repair/${NAME}`);
  },
};
