/** The flags of `classify`. */
export interface ClassifyFlags {
  run: string;
  /** Number of classes to print for each task. Its default depends on what is classified. */
  top?: number;
  threshold?: number;
  window?: number;
  hop?: number;
  output?: string;
  json: boolean;
}

/** Number of classes that are printed for each task of a single file. */
export const TOP_OF_ONE = 3;
