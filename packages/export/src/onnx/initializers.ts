import { create } from '@bufbuild/protobuf';
import { toFloat16 } from '../float16.js';
import {
  TensorProto_DataType as DataType,
  type TensorProto,
  TensorProtoSchema,
} from './onnx_pb.js';

/** A constant tensor of float32 numbers. */
export function floats(name: string, shape: number[], values: Float32Array): TensorProto {
  return tensor(name, shape, DataType.FLOAT, values);
}

/** A constant tensor of float16 numbers. */
export function halves(name: string, shape: number[], values: Float32Array): TensorProto {
  return tensor(name, shape, DataType.FLOAT16, toFloat16(values));
}

/** A constant list of integers, or one integer if `isScalar`. */
export function integers(name: string, values: number[], isScalar = false): TensorProto {
  const shape = isScalar ? [] : [values.length];
  return tensor(name, shape, DataType.INT64, BigInt64Array.from(values, BigInt));
}

function tensor(
  name: string,
  shape: number[],
  dataType: DataType,
  { buffer, byteOffset, byteLength }: ArrayBufferView,
): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dims: shape.map(BigInt),
    dataType,
    rawData: new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength),
  });
}
