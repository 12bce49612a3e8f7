import { takeBackGradients } from './replaced-gradients.js';
import { takeBackKernels } from './replaced-kernels.js';
import { owned } from './replacement-stack.js';
import { TESTED_TFJS, type TfjsChange } from './tfjs-change.js';
import { WASM_CHANGES } from './wasm/install.js';
import { WEBGPU_CHANGES } from './webgpu/changes.js';

/** What other packages change, each by itself. */
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
 * Everything of tfjs, or of the process, that the packages of this project make another. What
 * `useBackend` makes comes in the order in which it lies over one another.
 */
export const tfjsChanges: readonly TfjsChange[] = [
  ...WASM_CHANGES,
  ...WEBGPU_CHANGES,
  ...OF_OTHER_PACKAGES,
];

/** @throws Error where one of the names is not that of a change which `useBackend` makes. */
export function requireChanges(without: unknown): asserts without is readonly string[] {
  if (!Array.isArray(without)) {
    throw new Error(
      `useBackend: without must be a list of names of tfjsChanges, got ${JSON.stringify(without)}`,
    );
  }
  for (const name of without) {
    const change = tfjsChanges.find((one) => one.name === name);
    if (!change) {
      throw new Error(
        `useBackend: without must name changes of tfjsChanges (${switched()}), got ${JSON.stringify(name)}`,
      );
    }
    if (change.backends.length === 0) {
      throw new Error(
        `useBackend: without cannot switch off '${name}', which is switched off so: ${change.off}`,
      );
    }
  }
}

function switched(): string {
  return tfjsChanges
    .filter(({ backends }) => backends.length > 0)
    .map(({ name }) => name)
    .join(', ');
}

/** Prepares the start of a backend. */
export async function prepareChanges(backend: string, without: readonly string[]): Promise<void> {
  for (const { name, prepare } of changesOf(backend)) await prepare?.(!without.includes(name));
}

/** Takes back what was prepared for a backend that did not start. */
export async function unprepareChanges(backend: string): Promise<void> {
  for (const { prepare } of changesOf(backend)) await prepare?.(false);
}

/**
 * Makes the changes of the backend in use and takes back those that are switched off.
 *
 * @returns the names of those that are not made now.
 */
export async function makeChanges(backend: string, without: readonly string[]): Promise<string[]> {
  const missing: string[] = [];
  for (const change of changesOf(backend)) {
    const { name, make, unmake } = change;
    const by = { name, rank: tfjsChanges.indexOf(change) };
    const isWanted = !without.includes(name);
    if (isWanted && (await owned(by, () => make?.(backend))) !== false) continue;
    takeBackKernels(backend, name);
    takeBackGradients(name);
    if (isWanted || (await unmake?.(backend)) !== false) missing.push(name);
  }
  return missing;
}

function changesOf(backend: string): TfjsChange[] {
  return tfjsChanges.filter(({ backends }) => (backends as readonly string[]).includes(backend));
}
