import { TESTED_TFJS } from './tested-tfjs.js';
import type { BackendName } from './use-backend.js';

/** Something of tfjs, or of the process, that a package of this project makes another. */
export interface TfjsChange {
  /** By which `useBackend(…, { without: [name] })` knows it. */
  readonly name: string;
  /** The package that makes it. */
  readonly package: string;
  /** The backends whose start makes it; none, where `useBackend` has no part in it. */
  readonly backends: readonly BackendName[];
  /**
   * What is another after it: `'kernel wasm/Conv2D'`, `'gradient Relu'`,
   * `'method BatchNormalization.call'`, `'flag PROD'`, `'global GPU*'`, …
   */
  readonly changes: readonly string[];
  /** Why it is made. */
  readonly why: string;
  /** The versions of tfjs it is tested on. */
  readonly tested: readonly string[];
  /** What happens on other versions. */
  readonly otherwise: string;
  /** How to switch it off. */
  readonly off: string;
  /** What has to be there before the backend starts. `useBackend` calls it, switched on or off. */
  readonly prepare?: (isOn: boolean) => void | Promise<void>;
  /**
   * Makes it on the backend in use. `useBackend` calls it, each time. `false`, or a
   * promise of it, says that it cannot be made there. Kernels and gradients that it registers are taken
   * back without its help.
   */
  readonly make?: (backend: string) => unknown;
  /** Takes back what is neither a kernel nor a gradient. `false`, or a promise of it, says that it stays. */
  readonly unmake?: (backend: string) => unknown;
}

/** What an entry of the list says beside what all that `useBackend` makes have in common. */
type Entry = Pick<TfjsChange, 'name' | 'backends' | 'changes' | 'why'> & Partial<TfjsChange>;

/** A change that `useBackend` makes, and that its option `without` switches off. */
export function madeByUseBackend(entry: Entry): TfjsChange {
  return {
    package: '@ds/backend',
    tested: TESTED_TFJS,
    otherwise: 'It is made as well; the reason that useBackend gives names the version.',
    off: `useBackend(…, { without: ['${entry.name}'] })`,
    ...entry,
  };
}
