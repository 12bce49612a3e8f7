import type { WebGpuProgram } from './webgpu-backend.js';

/** What differs from one program to the next. */
export interface ProgramSpec {
  /** Tells programs apart; equal names and equal constants mean equal code. */
  name: string;
  /** Names of the inputs, as the code calls them. */
  inputs: string[];
  outputShape: number[];
  /** WGSL members behind a `name : type,`; values come with each run. */
  uniforms?: string;
  /** Number of workgroups, each of `threads` invocations in a row. */
  workgroups: number;
  threads: number;
  /** Body of a function that is given `index`, the invocation's number, and `group`, its workgroup's. */
  body: string;
  /** WGSL in front of that function. */
  declarations?: string;
  /** What the code depends on besides the uniforms. */
  constants?: string;
}

/**
 * A program in one row of workgroups. Where there are more than a device takes in a row, tfjs folds the row, so that a
 * body has to let numbers past its last one go.
 */
export function program(spec: ProgramSpec): WebGpuProgram {
  const { name, inputs, outputShape, uniforms, workgroups, threads, body } = spec;
  const { declarations = '', constants = '' } = spec;
  return {
    variableNames: inputs,
    outputShape,
    uniforms,
    workgroupSize: [threads, 1, 1],
    dispatchLayout: { x: outputShape.map((_, axis) => axis) },
    dispatch: [workgroups, 1, 1],
    shaderKey: `ds-${name}-${constants}`,
    getUserCode: () => `
      ${declarations}
      fn main(index : i32) {
        let group = i32((workgroupId.z * numWorkgroups.y + workgroupId.y) * numWorkgroups.x + workgroupId.x);
        ${body}
      }`,
  };
}

/** A program whose every invocation makes one value of the output, numbered `index`. */
export function elementwise(spec: Omit<ProgramSpec, 'workgroups' | 'threads'>): WebGpuProgram {
  const size = spec.outputShape.reduce((product, side) => product * side, 1);
  const threads = 64;
  return {
    ...program({
      ...spec,
      workgroups: Math.ceil(size / threads),
      threads,
      body: `if (index >= uniforms.size) { return; }\n${spec.body}`,
    }),
    size: true,
  };
}
