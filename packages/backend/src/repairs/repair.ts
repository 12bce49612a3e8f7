/** A wrong result of tfjs, and its repair. */
export interface Repair {
  /** What it repairs, in a few words. Users name it in `without`, so it stays the same. */
  name: string;
  /** The wrong behaviour of tfjs. */
  wrong: string;
  /** The backends on which it is installed. */
  backends: readonly string[];
  /** The kernels, gradients and methods that it changes, in the notation of `TfjsChange`. */
  changes: readonly string[];
  /** Installs the repair on a backend. `useBackend` reverts its registrations itself. */
  install(backend: string): void | Promise<void>;
  /** Reverts what is neither a kernel nor a gradient. */
  uninstall?(): void;
}

/** The backends that run tfjs's own kernels: all except the native library of tfjs-node. */
export const OWN_KERNELS = ['cpu', 'wasm', 'webgl', 'webgpu'] as const;

/** Names kernels on some backends, in the notation of `TfjsChange`. */
export const kernelsOn = (backends: readonly string[], names: readonly string[]): string[] =>
  backends.flatMap((backend) => names.map((name) => `kernel ${backend}/${name}`));
