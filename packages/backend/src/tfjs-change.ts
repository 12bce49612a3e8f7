import type { BackendName } from './backend-name.js';
import { TESTED_TFJS } from './tested-tfjs.js';

/** A change that a package of this project makes in tfjs or in the process. */
export interface TfjsChange {
  /** The name, as in `useBackend(…, { without: [name] })`. */
  readonly name: string;
  /** The package that makes the change. */
  readonly package: string;
  /**
   * The backends for which `useBackend` makes the change. Empty if `useBackend` does not make it.
   */
  readonly backends: readonly BackendName[];
  /**
   * The changed parts: `'kernel wasm/Conv2D'`, `'gradient Relu'`,
   * `'method BatchNormalization.call'`, `'flag PROD'`, `'global GPU*'`, …
   */
  readonly changes: readonly string[];
  /** The reason for the change. */
  readonly why: string;
  /** The versions of tfjs on which the change is tested. */
  readonly tested: readonly string[];
  /** The behaviour on other versions. */
  readonly otherwise: string;
  /** How to switch it off. */
  readonly off: string;
  /**
   * Prepares the start of the backend. `useBackend` also calls it if the change is switched off.
   */
  readonly prepare?: (isOn: boolean) => void | Promise<void>;
  /**
   * Makes the change on the backend in use, at every call of `useBackend`. Returns `false`, or a
   * promise of it, if the change cannot be made there. `useBackend` reverts the kernels and
   * gradients that it registers.
   */
  readonly make?: (backend: string) => unknown;
  /**
   * Reverts the parts that are neither kernels nor gradients. Returns `false`, or a promise of it,
   * if they stay.
   */
  readonly unmake?: (backend: string) => unknown;
}

/**
 * The fields that an entry of the list must have. It may override the defaults of
 * `madeByUseBackend`.
 */
type Entry = Pick<TfjsChange, 'name' | 'backends' | 'changes' | 'why'> & Partial<TfjsChange>;

/**
 * Returns the entry of a change that `useBackend` makes. Its option `without` switches the change
 * off.
 */
export function madeByUseBackend(entry: Entry): TfjsChange {
  return {
    package: '@ds/backend',
    tested: TESTED_TFJS,
    otherwise: 'It is made. The `reason` of useBackend names the version.',
    off: `useBackend(…, { without: ['${entry.name}'] })`,
    ...entry,
  };
}
