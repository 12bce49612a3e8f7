import { ones, type Tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import type { LayerVariable, layers } from '@tensorflow/tfjs-layers';
import { layerPrototype } from '../replacements/layer-prototype.js';
import { replaceMethod, takeBackMethods } from '../replacements/methods.js';
import { OWN_KERNELS, type Repair } from './repair.js';

/** The parts of tfjs's batch norm and layer norm that multiply and add. */
interface Normalisation extends layers.Layer {
  axis: number | number[];
  scale: boolean;
  center: boolean;
  gamma?: LayerVariable | null;
  beta?: LayerVariable | null;
}

const NAME = 'BatchNormalization and LayerNormalization without scale or center';

/** The prototypes of both classes, after a backend has requested the repair. */
let prototypes: Normalisation[] | undefined;

/** Multiplies by 1 and adds 0 where a layer has no weights for that. */
export const normalisationLayers: Repair = {
  name: NAME,
  wrong: 'reads weights that the layer does not have, in training or in the gradient',
  backends: [...OWN_KERNELS, 'tensorflow'],
  changes: ['method BatchNormalization.call', 'method LayerNormalization.call'],
  install: async () => {
    prototypes ??= await normalisations();
    for (const prototype of prototypes) replaceMethod(prototype, 'call', withConstants);
  },
  uninstall: () => {
    for (const prototype of prototypes ?? []) takeBackMethods(prototype, `repair/${NAME}`);
  },
};

type Call = layers.Layer['call'];

function withConstants(below: Call): Call {
  return function (this: Normalisation, inputs, kwargs) {
    const hasBoth = this.gamma && this.beta;
    if (hasBoth) return below.call(this, inputs, kwargs);
    return tidy(() => {
      const { shape } = [inputs].flat()[0] as Tensor;
      const size = [this.axis].flat().map((axis) => shape.at(axis)!);
      const gamma = this.gamma ?? { read: () => ones(size) };
      const beta = this.beta ?? { read: () => zeros(size) };
      const whole = Object.create(this, {
        gamma: { value: gamma },
        beta: { value: beta },
        scale: { value: true },
        center: { value: true },
      });
      return below.call(whole, inputs, kwargs);
    });
  };
}

async function normalisations(): Promise<Normalisation[]> {
  const found = [
    await layerPrototype<Normalisation>((of) => of.batchNormalization({ name: 'probe' })),
    await layerPrototype<Normalisation>((of) => of.layerNormalization({ name: 'probe' })),
  ];
  return found.filter((prototype) => prototype !== undefined);
}
