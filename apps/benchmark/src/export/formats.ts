/** The formats of `export`, with the name of the file or folder that it writes. */
export const FORMATS = {
  onnx: 'model.onnx',
  tfjs: 'tfjs',
  'graph-model': 'graph-model',
  safetensors: 'model.safetensors',
} as const;

/** A format of `export`. */
export type ExportFormat = keyof typeof FORMATS;
