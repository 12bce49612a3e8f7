import { takeBackGradients } from './replaced-gradients.js';
import { replacedKernels, takeBackKernels } from './replaced-kernels.js';
import { owned } from './replacement-stack.js';
import type { TfjsChange } from './tfjs-change.js';
import { tfjsChanges } from './tfjs-changes.js';

/** @throws Error if a name is not that of a change that `useBackend` makes. */
export function requireChanges(without: readonly unknown[]): void {
  for (const name of without) {
    const change = tfjsChanges.find((one) => one.name === name);
    if (!change) {
      throw new Error(
        `useBackend: without must name changes of tfjsChanges (${switched()}), ` +
          `got ${JSON.stringify(name)}`,
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

const REPAIR = 'repair/';

/** The changes of a backend that are made, and those that are not. */
interface Made {
  /** Kernels that the backend did not have. */
  added: string[];
  /** Kernels that took the place of tfjs's. */
  replaced: string[];
  /** Names of the repairs that are made. */
  repaired: string[];
  /** Names of the changes that are not made now. */
  without: string[];
}

/** Makes the changes of the backend in use, and takes back those that are switched off. */
export async function makeChanges(backend: string, without: readonly string[]): Promise<Made> {
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
  const { added, replaced } = replacedKernels(backend);
  const repaired = changesOf(backend)
    .filter(({ name }) => name.startsWith(REPAIR) && !missing.includes(name))
    .map(({ name }) => name.slice(REPAIR.length));
  return { added, replaced, repaired, without: missing };
}

function changesOf(backend: string): TfjsChange[] {
  return tfjsChanges.filter(({ backends }) => (backends as readonly string[]).includes(backend));
}
