import { refuse } from '@ds/checks';
import { UniqueNames } from '@ds/graph';
import type { io } from '@tensorflow/tfjs-core';
import { LARGEST_FLOAT16, toFloat16 } from '../float16.js';
import type { Constant, Value } from '../graph/neutral-graph.js';
import { type AttrValue, type NodeDef, shapeDef } from './node-def.js';

/** Collects the nodes and weights of a tfjs graph model. */
export class GraphDef {
  readonly nodes: NodeDef[] = [];
  readonly weightSpecs: io.WeightsManifestEntry[] = [];
  private readonly data: ArrayBufferView[] = [];
  private readonly nodeOf = new Map<Value, string>();
  /** The nodes of each constant, by their shapes. */
  private readonly nodesOf = new Map<Constant, Map<string, string>>();
  private readonly names = new UniqueNames('_');

  /** @param isHalf whether kernels and matrices are float16 numbers in the weights. */
  constructor(private readonly isHalf: boolean) {}

  /** Reserves a name for an output of the graph. */
  reserve(name: string): string {
    return this.names.free(name);
  }

  /** Says that a node computes a value. */
  store(value: Value, node: string): void {
    this.nodeOf.set(value, node);
  }

  /** The name of the node that computes a value. */
  nameOf(value: Value): string {
    return this.nodeOf.get(value)!;
  }

  /** Adds an input of the graph, and returns its name. */
  placeholder(value: Value): string {
    const name = this.names.free(value.name);
    const attr: Record<string, AttrValue> = {
      dtype: { type: 'DT_FLOAT' },
      shape: { shape: shapeDef(value.shape) },
    };
    this.nodes.push({ name, op: 'Placeholder', attr });
    this.store(value, name);
    return name;
  }

  /** Adds a node, and returns its name. */
  node(
    op: string,
    input: string[],
    attr: Record<string, AttrValue> = {},
    name: string = op,
  ): string {
    const free = this.names.free(name);
    this.addNode(op, input, attr, free);
    return free;
  }

  /** Adds a node with a reserved name. */
  addNode(op: string, input: string[], attr: Record<string, AttrValue>, name: string): void {
    this.nodes.push({ name, op, input, attr: { T: { type: 'DT_FLOAT' }, ...attr } });
  }

  /** The name of the node with a constant, in its own shape or another. */
  constant(constant: Constant, shape: number[] = constant.shape): string {
    const names = this.nodesOf.get(constant) ?? new Map<string, string>();
    this.nodesOf.set(constant, names);
    const known = names.get(`${shape}`);
    if (known) return known;
    const name = this.names.free(constant.name);
    names.set(`${shape}`, name);
    if (this.isHalf && shape.length > 1) this.addHalf(name, shape, constant.values);
    else this.addConst({ name, shape, dtype: 'float32' }, constant.values);
    return name;
  }

  /** The name of a node with new numbers. */
  floats(name: string, shape: number[], values: number[]): string {
    const free = this.names.free(name);
    this.addConst({ name: free, shape, dtype: 'float32' }, Float32Array.from(values));
    return free;
  }

  /** The name of a node with new integers. */
  integers(name: string, shape: number[], values: number[]): string {
    const free = this.names.free(name);
    this.addConst({ name: free, shape, dtype: 'int32' }, Int32Array.from(values));
    return free;
  }

  /** All weights one after the other, as `weightSpecs` lists them. */
  weightData(): ArrayBuffer {
    const bytes = this.data.map(
      ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
    );
    const all = new Uint8Array(bytes.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of bytes) {
      all.set(part, at);
      at += part.length;
    }
    return all.buffer;
  }

  private addHalf(name: string, shape: number[], values: Float32Array): void {
    const large = values.find((value) => Math.abs(value) > LARGEST_FLOAT16);
    if (large !== undefined) {
      refuse('toGraphModel', `weight '${name}'`, 'be at most 65504 with float16', large);
    }
    const quantization = { dtype: 'float16' as const, original_dtype: 'float32' as const };
    this.addConst({ name, shape, dtype: 'float32', quantization }, toFloat16(values));
  }

  private addConst(spec: io.WeightsManifestEntry, values: ArrayBufferView): void {
    const dtype = spec.dtype === 'int32' ? 'DT_INT32' : 'DT_FLOAT';
    this.weightSpecs.push(spec);
    this.data.push(values);
    this.nodes.push({
      name: spec.name,
      op: 'Const',
      attr: {
        dtype: { type: dtype },
        value: { tensor: { dtype, tensorShape: shapeDef(spec.shape) } },
      },
    });
  }
}
