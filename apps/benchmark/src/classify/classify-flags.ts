/** The flags of `classify`. */
export interface ClassifyFlags {
  run: string;
  top: number;
  threshold?: number;
  window?: number;
  hop?: number;
  output?: string;
  json: boolean;
}
