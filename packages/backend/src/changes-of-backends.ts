import { ConfigError } from '@ds/checks';
import { takeBackGradients } from './replacements/gradients.js';
import { replacedKernels, takeBackKernels } from './replacements/kernels.js';
import { owned } from './replacements/stack.js';
import type { TfjsChange } from './tfjs-change.js';
import { tfjsChanges } from './tfjs-changes.js';

/**
 * Checks the names of option `without`.
 *
 * @throws ConfigError if a name is not a change of `useBackend`.
 */
export function requireChanges(without: readonly unknown[]): void {
  for (const name of without) {
    const change = tfjsChanges.find((one) => one.name === name);
    if (!change) {
      throw new ConfigError(
        `useBackend: without must name changes of tfjsChanges (${switched()}), ` +
          `got ${JSON.stringify(name)}`,
      );
    }
    if (change.backends.length === 0) {
      throw new ConfigError(
        `useBackend: without cannot switch off '${name}'. To switch it off: ${change.off}`,
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

/** Reverts the preparations for a backend that did not start. */
export async function unprepareChanges(backend: string): Promise<void> {
  for (const { prepare } of changesOf(backend)) await prepare?.(false);
}

const REPAIR = 'repair/';

/** The changes of a backend: those that are made, and those that are not. */
interface Made {
  /** Kernels that the backend did not have. */
  added: string[];
  /** Kernels that replace kernels of tfjs. */
  replaced: string[];
  /** Names of the repairs that are made. */
  repaired: string[];
  /** Names of the changes that are not made. */
  without: string[];
}

/** Makes the changes of the backend in use, and reverts those that are switched off. */
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
