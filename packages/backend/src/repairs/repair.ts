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
  /** Puts it right for a backend, which is called once for each. */
  install(backend: string): void | Promise<void>;
}

/** The backends whose kernels are tfjs's own: all but the native library of tfjs-node. */
export const OWN_KERNELS = ['cpu', 'wasm', 'webgl', 'webgpu'] as const;

/** The version of tfjs that the repairs were made for. */
export const SEEN_IN = '4.22.0';
