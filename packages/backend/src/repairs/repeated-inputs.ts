import type { LayersModel, layers, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { replaceMethod, takeBackMethods } from '../replacements/methods.js';
import { OWN_KERNELS, type Repair } from './repair.js';

/** The methods of a model that run its graph. The types of tfjs hide two of them. */
interface GraphRunner {
  call: LayersModel['call'];
  execute: LayersModel['execute'];
  predictLoop(...inputs: unknown[]): unknown;
  makeTestFunction(): void;
  testFunction: (data: unknown) => unknown;
  readonly layers: layers.Layer[];
}

const NAME = 'models in which a layer takes a tensor twice';

let prototype: GraphRunner | undefined;

/**
 * At inference, tfjs disposes of a tensor after the last layer that takes it. It counts these
 * layers, and counts down once per input. So a layer that takes a tensor twice counts down twice.
 * Here such a tensor is kept until the end of the run. tfjs keeps outputs of stateful layers, so
 * the layer that made the tensor says that it is stateful during the run.
 */
export const repeatedInputs: Repair = {
  name: NAME,
  wrong: 'disposes of the tensor before a later layer takes it, at inference',
  backends: [...OWN_KERNELS, 'tensorflow'],
  changes: [
    'method LayersModel.call',
    // A sequential model inherits these.
    ...['LayersModel', 'Sequential'].flatMap((name) =>
      ['execute', 'predictLoop', 'makeTestFunction'].map((method) => `method ${name}.${method}`),
    ),
  ],
  install: async () => {
    prototype ??= await modelPrototype();
    if (!prototype) return;
    for (const name of ['call', 'execute', 'predictLoop'] as const) {
      replaceMethod(prototype, name, (below: (...inputs: never[]) => unknown) => {
        return function (this: GraphRunner, ...inputs: never[]) {
          return keepingRepeated(this, () => below.apply(this, inputs));
        } as never;
      });
    }
    replaceMethod(prototype, 'makeTestFunction', (below) => {
      return function (this: GraphRunner) {
        below.call(this);
        const test = this.testFunction;
        this.testFunction = (data) => keepingRepeated(this, () => test(data));
      };
    });
  },
  uninstall: () => {
    if (prototype) takeBackMethods(prototype, `repair/${NAME}`);
  },
};

/** Runs a function. During the run, layers whose outputs some layer takes twice are stateful. */
function keepingRepeated<T>(model: GraphRunner, run: () => T): T {
  const sources = sourcesOfRepeated(model).filter(
    (layer) => !Object.hasOwn(layer, 'stateful') && !layer.stateful,
  );
  for (const source of sources) {
    Object.defineProperty(source, 'stateful', { value: true, configurable: true });
  }
  try {
    return run();
  } finally {
    for (const source of sources) Reflect.deleteProperty(source, 'stateful');
  }
}

function sourcesOfRepeated({ layers }: GraphRunner): layers.Layer[] {
  const repeated = layers
    .flatMap(({ inboundNodes }) => inboundNodes)
    .flatMap(({ inputTensors }) => inputTensors.filter(isRepeated));
  return [...new Set(repeated.map(({ sourceLayer }) => sourceLayer))];
}

const isRepeated = (tensor: SymbolicTensor, at: number, all: SymbolicTensor[]): boolean =>
  all.indexOf(tensor) < at;

async function modelPrototype(): Promise<GraphRunner | undefined> {
  try {
    const { LayersModel } = await import('@tensorflow/tfjs-layers');
    return LayersModel.prototype as unknown as GraphRunner;
  } catch {
    return undefined;
  }
}
