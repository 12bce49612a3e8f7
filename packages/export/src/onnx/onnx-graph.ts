import { create } from '@bufbuild/protobuf';
import { refuse } from '@ds/checks';
import { UniqueNames } from '@ds/graph';
import { LARGEST_FLOAT16 } from '../float16.js';
import type { Constant, Value } from '../graph/neutral-graph.js';
import { type Attribute, attribute } from './attributes.js';
import { type AxisOrder, channelsFirst, isSameOrder, ordered, ownOrder } from './axis-order.js';
import { floats, halves, integers } from './initializers.js';
import {
  TensorProto_DataType as DataType,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
} from './onnx_pb.js';

/** A tensor in the file, with the order of its axes. */
export interface Stored {
  name: string;
  order: AxisOrder;
}

/** Collects the nodes and constants of an ONNX graph. */
export class OnnxGraph {
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  /** Each value in every order that a node needs. */
  private readonly stored = new Map<Value, Stored[]>();
  private readonly constants = new Map<Constant, Map<string, string>>();
  private readonly names = new UniqueNames('_');

  /** @param isHalf whether kernels and matrices are float16 numbers in the file. */
  constructor(private readonly isHalf: boolean) {}

  /** Reserves a name for an input or an output of the graph. */
  reserve(name: string): string {
    return this.names.free(name);
  }

  /** Says that a tensor holds a value. */
  store(value: Value, name: string, order: AxisOrder): void {
    const known = this.stored.get(value) ?? [];
    this.stored.set(value, [...known, { name, order }]);
  }

  /** All tensors that hold a value. */
  allOf(value: Value): Stored[] {
    return this.stored.get(value)!;
  }

  /** A tensor that holds a value in any order, with the channels first if there is one. */
  anyOf(value: Value): Stored {
    const all = this.allOf(value);
    const first = channelsFirst(value.shape.length);
    return all.find(({ order }) => isSameOrder(order, first)) ?? all[0]!;
  }

  /** The name of a tensor that holds a value in an order. Adds a `Transpose` if there is none. */
  inOrder(value: Value, order: AxisOrder): string {
    const found = this.allOf(value).find((one) => isSameOrder(one.order, order));
    if (found) return found.name;
    const from = this.allOf(value)[0]!;
    const perm = order.map((axis) => from.order.indexOf(axis));
    const name = this.node('Transpose', [from.name], { perm }, `${value.name}/transposed`);
    this.store(value, name, order);
    return name;
  }

  /** {@link inOrder} with the channels directly after the batch. */
  channelsFirst(value: Value): string {
    return this.inOrder(value, channelsFirst(value.shape.length));
  }

  /** {@link inOrder} with the graph's own order. */
  ownOrder(value: Value): string {
    return this.inOrder(value, ownOrder(value.shape.length));
  }

  /** Adds a node with one output, and returns the output's name. */
  node(
    opType: string,
    inputs: string[],
    attributes: Record<string, Attribute> = {},
    name: string = opType,
  ): string {
    const output = this.names.free(name);
    this.addNode(opType, inputs, attributes, output);
    return output;
  }

  /** Adds a node whose output has a reserved name. */
  addNode(
    opType: string,
    inputs: string[],
    attributes: Record<string, Attribute>,
    output: string,
  ): void {
    const listed = Object.entries(attributes).map(([key, value]) => attribute(key, value));
    this.nodes.push(
      create(NodeProtoSchema, {
        name: output,
        opType,
        input: inputs,
        output: [output],
        attribute: listed,
      }),
    );
  }

  /**
   * The name of a constant in a form: its numbers as they are, or changed by `form`. Each form is
   * stored once.
   */
  constant(
    constant: Constant,
    form = '',
    change: (constant: Constant) => Constant = (same) => same,
  ): string {
    const forms = this.constants.get(constant) ?? new Map<string, string>();
    this.constants.set(constant, forms);
    const known = forms.get(form);
    if (known) return known;
    const name = this.names.free(constant.name);
    const { shape, values } = change(constant);
    forms.set(form, name);
    if (this.isHalf && shape.length > 1) this.addHalf(name, shape, values);
    else this.initializers.push(floats(name, shape, values));
    return name;
  }

  /** The name of a constant with its axes in another order. */
  constantInOrder(constant: Constant, order: AxisOrder): string {
    return this.constant(constant, `${order}`, (one) => ordered(one, order));
  }

  /** The name of a new list of integers, such as axes. */
  integers(name: string, values: number[], isScalar = false): string {
    const free = this.names.free(name);
    this.initializers.push(integers(free, values, isScalar));
    return free;
  }

  /** The name of a new list of numbers. */
  floats(name: string, values: number[]): string {
    const free = this.names.free(name);
    this.initializers.push(floats(free, [values.length], Float32Array.from(values)));
    return free;
  }

  /** The name of a new number. */
  scalar(name: string, value: number): string {
    const free = this.names.free(name);
    this.initializers.push(floats(free, [], Float32Array.of(value)));
    return free;
  }

  /** Adds a constant of float16 numbers, and a `Cast` to float32 with this name. */
  private addHalf(name: string, shape: number[], values: Float32Array): void {
    const large = values.find((value) => Math.abs(value) > LARGEST_FLOAT16);
    if (large !== undefined) {
      refuse('toOnnx', `weight '${name}'`, 'be at most 65504 with float16', large);
    }
    const half = this.names.free(`${name}/float16`);
    this.initializers.push(halves(half, shape, values));
    this.addNode('Cast', [half], { to: DataType.FLOAT }, name);
  }
}
