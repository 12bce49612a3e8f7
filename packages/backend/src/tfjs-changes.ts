import { CPU_CHANGES } from './cpu/changes.js';
import { REPAIR_CHANGES } from './repairs/index.js';
import { TESTED_TFJS } from './tested-tfjs.js';
import type { TfjsChange } from './tfjs-change.js';
import { WASM_CHANGES } from './wasm/changes.js';
import { WEBGPU_CHANGES } from './webgpu/changes.js';

/** Changes that other packages make without `useBackend`. */
const OF_OTHER_PACKAGES: readonly TfjsChange[] = [
  {
    name: 'train/early-release',
    package: '@ds/train',
    backends: [],
    changes: ['gradient tape of the training step'],
    why: 'tfjs keeps all activations until the last gradient is computed.',
    tested: TESTED_TFJS,
    otherwise: 'If tfjs does not expose its tape, memory is not released early.',
    off: 'train({ releaseEarly: false })',
  },
  {
    name: 'train/clear-tape',
    package: '@ds/train',
    backends: [],
    changes: ['gradient tape of a training step that threw'],
    why: 'tfjs keeps the tensors that ops saved for a gradient that threw.',
    tested: TESTED_TFJS,
    otherwise: 'If tfjs does not expose its tape, these tensors stay in memory.',
    off: 'It cannot be switched off. It runs only after a step that failed.',
  },
  {
    name: 'layers/classes',
    package: '@ds/layers, @ds/masks, @ds/data',
    backends: [],
    changes: ['registry of layer classes'],
    why: 'A saved model names the classes of its layers. No class of tfjs is replaced.',
    tested: TESTED_TFJS,
    otherwise: 'They are registered.',
    off: 'Do not import the package.',
  },
  {
    name: 'layers/measureMultiplyAdds',
    package: '@ds/layers',
    backends: [],
    changes: ['methods Engine.runKernel and readSync, while it counts'],
    why: 'It counts the kernels that a layer runs, and restores both methods at the end.',
    tested: TESTED_TFJS,
    otherwise: 'It counts.',
    off: 'Give the layer a method multiplyAdds. It is then called instead.',
  },
  {
    name: 'apps/production',
    package: '@ds/benchmark, @ds/demo',
    backends: [],
    changes: ['flag PROD'],
    why: 'The apps skip checks of shapes and values.',
    tested: TESTED_TFJS,
    otherwise: 'The flag is set.',
    off: "tf.env().set('PROD', false). No package sets it.",
  },
];

/**
 * All changes that the packages of this project make in tfjs or in the process. The changes of
 * `useBackend` are in the order of their layers.
 */
export const tfjsChanges: readonly TfjsChange[] = [
  ...CPU_CHANGES,
  ...WASM_CHANGES,
  ...WEBGPU_CHANGES,
  ...REPAIR_CHANGES,
  ...OF_OTHER_PACKAGES,
];
