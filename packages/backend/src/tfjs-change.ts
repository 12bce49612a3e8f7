import { TESTED_TFJS } from './tested-tfjs.js';
import type { BackendName } from './use-backend.js';

/** Something that a package of this project changes in tfjs or in the process. */
export interface TfjsChange {
  /** The name, as `useBackend(…, { without: [name] })` takes it. */
  readonly name: string;
  /** The package that makes it. */
  readonly package: string;
  /**
   * The backends that make the change when they start. If `useBackend` has no part in it, there are
   * none.
   */
  readonly backends: readonly BackendName[];
  /**
   * What it changes: `'kernel wasm/Conv2D'`, `'gradient Relu'`, `'method BatchNormalization.call'`,
   * `'flag PROD'`, `'global GPU*'`, …
   */
  readonly changes: readonly string[];
  /** Why it is made. */
  readonly why: string;
  /** The versions of tfjs on which it is tested. */
  readonly tested: readonly string[];
  /** What happens on other versions. */
  readonly otherwise: string;
  /** How to switch it off. */
  readonly off: string;
  /**
   * Prepares the start of the backend. `useBackend` calls it also if the change is switched off.
   */
  readonly prepare?: (isOn: boolean) => void | Promise<void>;
  /**
   * Makes the change on the backend in use, at every call of `useBackend`. It returns `false`, or a
   * promise of it, if the change cannot be made there. The kernels and gradients that it registers
   * are taken back without its help.
   */
  readonly make?: (backend: string) => unknown;
  /**
   * Takes back what is neither a kernel nor a gradient. It returns `false`, or a promise of it, if
   * that stays.
   */
  readonly unmake?: (backend: string) => unknown;
}

/**
 * What an entry of the list must say. It may also override what the changes of `useBackend` share.
 */
type Entry = Pick<TfjsChange, 'name' | 'backends' | 'changes' | 'why'> & Partial<TfjsChange>;

/**
 * Makes the entry of a change that `useBackend` makes, and that its option `without` switches off.
 */
export function madeByUseBackend(entry: Entry): TfjsChange {
  return {
    package: '@ds/backend',
    tested: TESTED_TFJS,
    otherwise: 'It is made as well; the reason that useBackend gives names the version.',
    off: `useBackend(…, { without: ['${entry.name}'] })`,
    ...entry,
  };
}
