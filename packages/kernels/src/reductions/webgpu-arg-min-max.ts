import { ArgMax, type ArgMaxAttrs, ArgMin, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { program, runProgram } from '../webgpu/program.js';
import { integers } from '../webgpu/uniform.js';
import type { WebGpuBackend } from '../webgpu/webgpu-backend.js';

const THREADS = 64;

/** WGSL: the position in x where the entries of result `group` start. */
const START = `
    let place = i32(localId.x);
    let inner = uniforms.inner;
    let start = (group / inner) * uniforms.count * inner + group % inner;`;

/** WGSL: each invocation finds the best entry of its part of the axis, or −1 if all are NaN. */
const bestOfPart = (better: '<' | '>') => `
    if (group < uniforms.results) {
      var bestAt = -1;
      for (var k = place; k < uniforms.count; k += ${THREADS}) {
        let value = x[start + k * inner];
        let is_number = !isnan(f32(value));
        if (is_number && (bestAt < 0 || value ${better} x[start + bestAt * inner])) { bestAt = k; }
      }
      places[place] = bestAt;
    }
    workgroupBarrier();`;

/**
 * WGSL: compares the invocations' entries in pairs, until the first holds the best one. All
 * invocations run this loop, since all must reach the barriers.
 */
const bestOfParts = (better: '<' | '>') => `
    for (var half = ${THREADS / 2}; half > 0; half /= 2) {
      if (place < half && group < uniforms.results) {
        let mine = places[place];
        let other = places[place + half];
        if (other >= 0) {
          if (mine < 0) {
            places[place] = other;
          } else {
            let a = x[start + mine * inner];
            let b = x[start + other * inner];
            if (b ${better} a || (b == a && other < mine)) { places[place] = other; }
          }
        }
      }
      workgroupBarrier();
    }`;

/** WGSL: the first invocation writes the result. It is 0 if the first entry is NaN. */
const WRITE = `
    if (place == 0 && group < uniforms.results) {
      result[group] = select(max(places[0], 0), 0, isnan(f32(x[start])));
    }`;

/** WGSL: the best entry of each invocation, in workgroup memory. */
const DECLARATIONS = `
  var<workgroup> places : array<i32, ${THREADS}>;
`;

/**
 * The index of the best entry along an axis. One pass. A workgroup of 64 invocations computes one
 * result, with 64 candidates in workgroup memory. The first of equal entries wins. NaN is skipped,
 * unless it is the first entry, as on tfjs's cpu backend.
 */
function kernel(
  kernelName: string,
  better: '<' | '>',
): BackendKernel<{ x: TensorInfo }, ArgMaxAttrs> {
  return {
    kernelName,
    make:
      (original) =>
      ({ inputs, attrs, backend }) => {
        const { x } = inputs;
        // The kernel that this one wraps handles empty tensors.
        if (x.shape.includes(0)) return original!({ inputs, attrs, backend });
        const [along] = util.parseAxisParam(attrs.axis, x.shape) as [number];
        const outputShape = x.shape.filter((_, at) => at !== along);
        const results = util.sizeFromShape(outputShape);
        const count = x.shape[along]!;
        const inner = util.sizeFromShape(x.shape.slice(along + 1));
        const pass = program({
          name: kernelName,
          inputs: ['x'],
          outputShape,
          uniforms: 'results : i32, count : i32, inner : i32,',
          constants: x.dtype,
          workgroups: results,
          threads: THREADS,
          declarations: DECLARATIONS,
          body: START + bestOfPart(better) + bestOfParts(better) + WRITE,
        });
        const sizes = [integers(results), integers(count), integers(inner)];
        return runProgram(backend as WebGpuBackend, pass, [x], 'int32', sizes);
      },
  };
}

/** The index of the first of the largest values along an axis. */
export const argMaxOnWebGpu = kernel(ArgMax, '>');

/** The index of the first of the smallest values along an axis. */
export const argMinOnWebGpu = kernel(ArgMin, '<');
