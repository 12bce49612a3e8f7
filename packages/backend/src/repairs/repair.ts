/** Something tfjs computes wrongly, and what puts it right. */
export interface Repair {
  /** What it puts right, by tfjs's names. */
  name: string;
  /** The version of tfjs that it was seen in. */
  seenIn: string;
  /** What tfjs does there. */
  wrong: string;
  /** The backends it is installed for. */
  backends: readonly string[];
  /** What it registers, as `TfjsChange` says it. */
  changes: readonly string[];
  /** Puts it right for a backend; what it registers is taken back without its help. */
  install(backend: string): void | Promise<void>;
}

/** The backends whose kernels are tfjs's own: all but the native library of tfjs-node. */
export const OWN_KERNELS = ['cpu', 'wasm', 'webgl', 'webgpu'] as const;

/** The version of tfjs that the repairs were made for. */
export const SEEN_IN = '4.22.0';

/** Kernels of these names on some backends, as `TfjsChange` says them. */
export const kernelsOn = (backends: readonly string[], names: readonly string[]): string[] =>
  backends.flatMap((backend) => names.map((name) => `kernel ${backend}/${name}`));
