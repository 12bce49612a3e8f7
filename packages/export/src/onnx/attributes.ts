import { create } from '@bufbuild/protobuf';
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
} from './onnx_pb.js';

/** The value of an attribute. A number is an integer, and `{ float }` is not. */
export type Attribute = number | number[] | string | { float: number };

/** An attribute of a node. */
export function attribute(name: string, value: Attribute): AttributeProto {
  return create(AttributeProtoSchema, { name, ...contents(value) });
}

function contents(value: Attribute) {
  if (typeof value === 'number') return { type: AttributeType.INT, i: BigInt(value) };
  if (typeof value === 'string') {
    return { type: AttributeType.STRING, s: new TextEncoder().encode(value) };
  }
  if (Array.isArray(value)) return { type: AttributeType.INTS, ints: value.map(BigInt) };
  return { type: AttributeType.FLOAT, f: value.float };
}
