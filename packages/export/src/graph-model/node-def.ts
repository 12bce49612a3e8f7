/** An attribute of a node, in the JSON form of TensorFlow's `AttrValue`. */
export type AttrValue =
  | { type: 'DT_FLOAT' | 'DT_INT32' }
  | { s: string }
  | { b: boolean }
  | { f: number }
  | { i: string }
  | { list: { i: string[] } }
  | { shape: ShapeDef }
  | { tensor: { dtype: 'DT_FLOAT' | 'DT_INT32'; tensorShape: ShapeDef } };

/** A shape, in the JSON form of TensorFlow's `TensorShapeProto`. */
export interface ShapeDef {
  dim: { size: string }[];
}

/** A node, in the JSON form of TensorFlow's `NodeDef`. */
export interface NodeDef {
  name: string;
  op: string;
  input?: string[];
  attr: Record<string, AttrValue>;
}

/** A text as an attribute. JSON has bytes in base64. */
export function text(value: string): AttrValue {
  return { s: btoa(value) };
}

/** A list of integers as an attribute. */
export function integerList(values: number[]): AttrValue {
  return { list: { i: values.map(String) } };
}

/** A shape. −1 is an unknown size. */
export function shapeDef(sizes: number[]): ShapeDef {
  return { dim: sizes.map((size) => ({ size: `${size}` })) };
}
