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
  /** Inputs that may lie in half precision: the code reads value i of such an `x` as `x_at(i)`. */
  halves?: string[];
  /** Whether it is told how many values the output has, as `uniforms.size`. */
  size?: boolean;
  /** Whether the result is of atomic integers. */
  atomic?: boolean;
}

/**
 * A program in one row of workgroups. Where there are more than a device takes in a row, tfjs folds the row, so that a
 * body has to let numbers past its last one go.
 */
export function program(spec: ProgramSpec): WebGpuProgram {
  return reading(spec, []);
}

/** The program with some of its inputs in half precision. */
function reading(spec: ProgramSpec, inHalf: string[]): WebGpuProgram {
  const { name, inputs, outputShape, uniforms, workgroups, threads, body } = spec;
  const { declarations = '', constants = '', halves = [], size, atomic } = spec;
  const key = inHalf.length > 0 ? `-half-${inHalf.join('-')}` : '';
  return {
    variableNames: inputs,
    outputShape,
    uniforms,
    size,
    atomic,
    workgroupSize: [threads, 1, 1],
    dispatchLayout: { x: outputShape.map((_, axis) => axis) },
    dispatch: [workgroups, 1, 1],
    shaderKey: `ds-${name}-${constants}${key}`,
    reading: (wanted) =>
      wanted.every((input) => halves.includes(input)) ? reading(spec, wanted) : null,
    getUserCode: () => `
      ${halves.map((input) => reader(input, inHalf.includes(input))).join('')}
      ${declarations}
      fn main(index : i32) {
        let group = i32((workgroupId.z * numWorkgroups.y + workgroupId.y) * numWorkgroups.x + workgroupId.x);
        ${body}
      }`,
  };
}

/** Value i of an input: as it lies, or of the pairs of halves that every device can unpack. */
function reader(input: string, inHalf: boolean): string {
  const value = inHalf
    ? `let pair = unpack2x16float(bitcast<u32>(${input}[i >> 1u])); return select(pair.x, pair.y, (i & 1) == 1);`
    : `return ${input}[i];`;
  return `fn ${input}_at(i : i32) -> f32 { ${value} }\n`;
}

/** A program whose every invocation makes one value of the output, numbered `index`. */
export function elementwise(
  spec: Omit<ProgramSpec, 'workgroups' | 'threads' | 'size'>,
): WebGpuProgram {
  const size = spec.outputShape.reduce((product, side) => product * side, 1);
  const threads = 64;
  return program({
    ...spec,
    size: true,
    workgroups: Math.ceil(size / threads),
    threads,
    body: `if (index >= uniforms.size) { return; }\n${spec.body}`,
  });
}
