import {
  All,
  Any,
  type DataType,
  engine,
  Max,
  Mean,
  Min,
  mean,
  Prod,
  Sum,
  type Tensor,
  tidy,
  util,
} from '@tensorflow/tfjs-core';
import type { BackendKernel, KernelFuncOf } from '../backend-kernel.js';
import { castToFloat } from '../cast/webgpu.js';
import { program, runProgram } from '../webgpu/program.js';
import { stridedPlace } from '../webgpu/strided-place.js';
import { integers } from '../webgpu/uniform.js';
import type { WebGpuBackend } from '../webgpu/webgpu-backend.js';
import { emptyReductionKernels } from './empty.js';
import { type ReductionAttrs, reducedAxes } from './reduced-axes.js';

const THREADS = 64;

type ReductionFunc = KernelFuncOf<{ x: Tensor }, ReductionAttrs>;

/** WGSL: the value before the first one, and the combination of `a` and `b`. */
interface Combination {
  start: string;
  combine: string;
  /** The dtype of the result, if it differs from the input's. */
  result?: DataType;
}

const LARGEST: Combination = { start: '-2147483648', combine: 'max(a, b)' };
const SMALLEST: Combination = { start: '2147483647', combine: 'min(a, b)' };

const COMBINATIONS: Record<string, Combination> = {
  [Sum]: { start: '0', combine: 'a + b', result: 'int32' },
  [Prod]: { start: '1', combine: 'a * b', result: 'int32' },
  [Max]: LARGEST,
  [Min]: SMALLEST,
  // Booleans are 0 or 1.
  [Any]: LARGEST,
  [All]: SMALLEST,
};

/** WGSL: the combination, and the sums, products or extremes of each invocation. */
const declarations = ({ combine }: Combination) => `
  var<workgroup> parts : array<i32, ${THREADS}>;
  fn combined(a : i32, b : i32) -> i32 { return ${combine}; }
`;

/**
 * WGSL: each invocation combines its part of the reduced values of result `group`. Then the
 * invocations combine their parts in pairs. All of them run that loop, since all must reach the
 * barriers.
 */
const body = (kept: string[], reduced: string[], { start }: Combination) => `
    let place = i32(localId.x);
    var part = i32(${start});
    if (group < uniforms.results) {
      var first = 0;
      {
        var rest = group;
        var source = 0;
        ${stridedPlace(kept)}
        first = source;
      }
      for (var k = place; k < uniforms.count; k += ${THREADS}) {
        var rest = k;
        var source = first;
        ${stridedPlace(reduced)}
        part = combined(part, i32(x[source]));
      }
    }
    parts[place] = part;
    workgroupBarrier();
    for (var half = ${THREADS / 2}; half > 0; half /= 2) {
      if (place < half) { parts[place] = combined(parts[place], parts[place + half]); }
      workgroupBarrier();
    }
    if (place == 0 && group < uniforms.results) { result[group] = parts[0]; }`;

/**
 * Reduces integers and booleans over any axes in int32. One pass: a workgroup of 64 invocations
 * computes one result, with 64 parts in workgroup memory. tfjs's programs compute in float32, which
 * does not represent all integers above 2²⁴. They do not compile for most axes, and return int32
 * for the extremes of booleans.
 */
function ofIntegers(kernelName: string, combination: Combination): ReductionFunc {
  return ({ inputs: { x }, attrs, backend }) => {
    const { axes, outputShape } = reducedAxes(x.shape, attrs);
    const steps = util.computeStrides([...x.shape, 1]);
    const sides = x.shape.map((size, axis) => integers(size, steps[axis]!));
    const isReduced = (axis: number) => axes.includes(axis);
    const last = x.shape.map((_, axis) => axis).reverse();
    const kept = last.filter((axis) => !isReduced(axis));
    const reduced = last.filter(isReduced);
    const results = util.sizeFromShape(outputShape);
    const names = (list: number[]) => list.map((axis) => `axis${axis}`);
    const pass = program({
      name: `integer-${kernelName}`,
      inputs: ['x'],
      outputShape,
      uniforms: `results : i32, count : i32, ${[...names(kept), ...names(reduced)]
        .map((axis) => `${axis} : vec2<i32>,`)
        .join(' ')}`,
      constants: `${x.dtype}-${kept.join()}-${reduced.join()}`,
      workgroups: results,
      threads: THREADS,
      declarations: declarations(combination),
      body: body(names(kept), names(reduced), combination),
    });
    return runProgram(backend as WebGpuBackend, pass, [x], combination.result ?? x.dtype, [
      integers(results),
      integers(x.size / results),
      ...[...kept, ...reduced].map((axis) => sides[axis]!),
    ]);
  };
}

/** The mean of integers, which tfjs's program does not compute over most axes. */
const meanOfIntegers: ReductionFunc = ({ inputs: { x }, attrs, backend }) =>
  tidy(() => {
    const floats = engine().makeTensorFromTensorInfo(castToFloat(backend as WebGpuBackend, x));
    return mean(floats, reducedAxes(x.shape, attrs).axes, attrs.keepDims);
  });

/** The reductions of WebGPU, corrected for integers, booleans and empty axes. */
export const reductionKernels: BackendKernel<{ x: Tensor }, ReductionAttrs>[] =
  emptyReductionKernels.map(({ kernelName, make }) => {
    const combination = COMBINATIONS[kernelName];
    const own =
      kernelName === Mean ? meanOfIntegers : combination && ofIntegers(kernelName, combination);
    if (!own) return { kernelName, make };
    const split =
      (original: ReductionFunc): ReductionFunc =>
      (call) =>
        call.inputs.x.dtype === 'float32' ? original(call) : own(call);
    return { kernelName, make: (original) => make(split(original!)) };
  });
