import { ArgMax, type ArgMaxAttrs, ArgMin, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { program } from '../webgpu/program.js';
import { integers } from '../webgpu/uniform.js';
import type { WebGpuBackend } from '../webgpu/webgpu-backend.js';

const THREADS = 64;

/**
 * A workgroup makes each result. Every invocation looks through a part of the axis, and then pairs
 * are compared until one is left. Of equal values the earlier stays. NaN is passed over, but it
 * stays if it comes first, as on tfjs's cpu backend.
 */
function body(better: '<' | '>'): string {
  return `
    let place = i32(localId.x);
    let inner = uniforms.inner;
    // All invocations of the group must agree on this, since they meet at the barriers.
    let start = (group / inner) * uniforms.count * inner + group % inner;
    if (group < uniforms.results) {
      var bestAt = -1;
      for (var k = place; k < uniforms.count; k += ${THREADS}) {
        let value = x[start + k * inner];
        let is_number = !isnan(f32(value));
        if (is_number && (bestAt < 0 || value ${better} x[start + bestAt * inner])) { bestAt = k; }
      }
      places[place] = bestAt;
    }
    workgroupBarrier();
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
    }
    if (place == 0 && group < uniforms.results) {
      result[group] = select(max(places[0], 0), 0, isnan(f32(x[start])));
    }`;
}

const DECLARATIONS = `
  var<workgroup> places : array<i32, ${THREADS}>;
`;

function kernel(kernelName: string, better: '<' | '>'): BackendKernel {
  return {
    kernelName,
    make:
      (original) =>
      ({ inputs, attrs, backend }) => {
        const { x } = inputs as { x: TensorInfo };
        // For no values, the kernel below has the answer.
        if (x.shape.includes(0)) return original!({ inputs, attrs, backend });
        const { axis } = attrs as unknown as ArgMaxAttrs;
        const [along] = util.parseAxisParam(axis, x.shape) as [number];
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
          body: body(better),
        });
        const sizes = [integers(results), integers(count), integers(inner)];
        return (backend as WebGpuBackend).runWebGPUProgram(pass, [x], 'int32', sizes);
      },
  };
}

/** Finds the place of the first of the largest values along an axis. */
export const argMaxKernel = kernel(ArgMax, '>');

/** Finds the place of the first of the smallest values along an axis. */
export const argMinKernel = kernel(ArgMin, '<');
