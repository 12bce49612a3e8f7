import { CPU_CHANGES } from './cpu/changes.js';
import { GATHER_CHANGE } from './gather-gradient.js';
import { REPAIR_CHANGES } from './repairs/index.js';
import { TESTED_TFJS } from './tested-tfjs.js';
import type { TfjsChange } from './tfjs-change.js';
import { WASM_CHANGES } from './wasm/install.js';
import { WEBGPU_CHANGES } from './webgpu/changes.js';

/** Changes that other packages make by themselves. */
const OF_OTHER_PACKAGES: readonly TfjsChange[] = [
  {
    name: 'train/early-release',
    package: '@ds/train',
    backends: [],
    changes: ['tape of the step that is being trained'],
    why: 'tfjs keeps all activations until the last gradient is there.',
    tested: TESTED_TFJS,
    otherwise: 'Where tfjs does not show its tape, memory is kept as before.',
    off: 'train({ releaseEarly: false })',
  },
  {
    name: 'layers/classes',
    package: '@ds/layers, @ds/masks, @ds/data',
    backends: [],
    changes: ['classes of layers that can be loaded'],
    why: 'A saved model names the classes of its layers. Names of tfjs are never taken.',
    tested: TESTED_TFJS,
    otherwise: 'They are registered as well.',
    off: 'Do not import the package.',
  },
  {
    name: 'layers/measureMultiplyAdds',
    package: '@ds/layers',
    backends: [],
    changes: ['methods Engine.runKernel and readSync, while it counts'],
    why: 'It counts the kernels that a layer runs, and gives both methods back when it ends.',
    tested: TESTED_TFJS,
    otherwise: 'It counts as well.',
    off: 'A layer with a method multiplyAdds is not counted so.',
  },
  {
    name: 'apps/production',
    package: '@ds/benchmark, @ds/demo',
    backends: [],
    changes: ['flag PROD'],
    why: 'The programs that come with the packages spare the checks of shapes and values.',
    tested: TESTED_TFJS,
    otherwise: 'The flag is set as well.',
    off: "tf.env().set('PROD', false); no package sets it",
  },
];

/**
 * Everything that the packages of this project change in tfjs or in the process. The changes of
 * `useBackend` come in the order in which they lie over one another.
 */
export const tfjsChanges: readonly TfjsChange[] = [
  ...CPU_CHANGES,
  ...WASM_CHANGES,
  ...WEBGPU_CHANGES,
  GATHER_CHANGE,
  ...REPAIR_CHANGES,
  ...OF_OTHER_PACKAGES,
];
