/** A mistake of tfjs, and its repair. */
export interface Repair {
  /** What it puts right, by tfjs's names. */
  name: string;
  /** What tfjs does wrongly. */
  wrong: string;
  /** The backends on which it is installed. */
  backends: readonly string[];
  /** What it registers, in the words of `TfjsChange`. */
  changes: readonly string[];
  /** Installs the repair on a backend. What it registers is taken back without its help. */
  install(backend: string): void | Promise<void>;
}

/** The backends with kernels of tfjs itself: all but the native library of tfjs-node. */
export const OWN_KERNELS = ['cpu', 'wasm', 'webgl', 'webgpu'] as const;

/** Names kernels on some backends, in the words of `TfjsChange`. */
export const kernelsOn = (backends: readonly string[], names: readonly string[]): string[] =>
  backends.flatMap((backend) => names.map((name) => `kernel ${backend}/${name}`));
