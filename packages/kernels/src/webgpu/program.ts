import { type DataType, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { ProgramUniform, WebGpuBackend, WebGpuProgram } from './webgpu-backend.js';

/** WGSL, or a function that returns it. */
type Code = string | (() => string);

const written = (code: Code) => (typeof code === 'string' ? code : code());

/** The parts that differ between programs. */
export interface ProgramSpec {
  /** Name of the program. Programs with equal names and equal constants must have equal code. */
  name: string;
  /** Names of the inputs in the code. */
  inputs: string[];
  outputShape: number[];
  /** WGSL members, each `name : type,`. Their values are passed with each run. */
  uniforms?: string;
  /** Number of workgroups in a row. Each has `threads` invocations. */
  workgroups: number;
  threads: number;
  /**
   * WGSL body of a function with `index`, the number of the invocation, and `group`, the number of
   * its workgroup. If the code is long, pass a function: it is called only to compile the program.
   */
  body: Code;
  /** WGSL before that function. */
  declarations?: Code;
  /** All values that the code depends on, except uniforms. */
  constants?: string;
  /** Inputs that may be in half precision. The code reads value i of such an `x` as `x_at(i)`. */
  halves?: string[];
  /**
   * Other inputs that the code reads as `x_at(i)`. With `inQuads` it can also read them as
   * `x_quad(i)`: values i … i + 3, where i is a multiple of 4.
   */
  read?: { input: string; inQuads: boolean }[];
  /** Whether the code reads the number of output values, `uniforms.size`. */
  size?: boolean;
  /** Whether the result holds atomic integers. */
  atomic?: boolean;
}

/** A program that reads and writes tensors as flat arrays. Run it with {@link runProgram}. */
export interface FlatProgram {
  /** The shape of its result. */
  outputShape: number[];
  /** The program in tfjs's form, for flat tensors. */
  flat: WebGpuProgram;
}

/**
 * Makes a program with one row of workgroups. If a device does not allow a row that long, tfjs
 * folds it. Then some invocations lie after the last one, and the body must return early for them.
 */
export function program(spec: ProgramSpec): FlatProgram {
  return { outputShape: spec.outputShape, flat: reading(spec, []) };
}

/**
 * Runs a program. tfjs compiles a program again for other ranks, for equal shapes of an input and
 * the result, and for sides of 1, since its own programs depend on them. These programs do not. So
 * tfjs always gets an input of shape [size] and a result of shape [size, 1].
 *
 * @param output the tensor to write to. By default a new one.
 */
export function runProgram(
  backend: WebGpuBackend,
  { flat, outputShape }: FlatProgram,
  inputs: TensorInfo[],
  dtype: DataType,
  uniforms?: ProgramUniform[],
  output?: TensorInfo,
): TensorInfo {
  const lines = inputs.map((input) => ({ ...input, shape: [util.sizeFromShape(input.shape)] }));
  const column = output && { ...output, shape: flat.outputShape };
  const result = backend.runWebGPUProgram(flat, lines, dtype, uniforms, column);
  return { ...result, shape: outputShape };
}

/** Makes the program with some of its inputs in half precision. */
function reading(spec: ProgramSpec, inHalf: string[]): WebGpuProgram {
  const { name, inputs, outputShape, uniforms, workgroups, threads, body } = spec;
  const { declarations = '', constants = '', halves = [], read = [], size, atomic } = spec;
  const isQuads = (input: string) =>
    !inHalf.includes(input) && read.some((one) => one.input === input && one.inQuads);
  const readers = [...new Set([...halves, ...read.map(({ input }) => input)])];
  const key = inHalf.length > 0 ? `-half-${inHalf.join('-')}` : '';
  return {
    variableNames: inputs,
    variableComponents: inputs.map((input) => (isQuads(input) ? 4 : 1)),
    outputShape: [util.sizeFromShape(outputShape), 1],
    uniforms,
    size,
    atomic,
    workgroupSize: [threads, 1, 1],
    dispatchLayout: { x: [0, 1] },
    dispatch: [workgroups, 1, 1],
    shaderKey: `ds-${name}-${constants}${key}`,
    reading: (wanted) =>
      wanted.every((input) => halves.includes(input)) ? reading(spec, wanted) : null,
    getUserCode: () => `
      ${readers.map((input) => reader(input, isQuads(input), inHalf.includes(input))).join('')}
      ${written(declarations)}
      fn main(index : i32) {
        let group = i32((workgroupId.z * numWorkgroups.y + workgroupId.y)
          * numWorkgroups.x + workgroupId.x);
        ${written(body)}
      }`,
  };
}

/**
 * WGSL: functions that read one value or four values of an input. In half precision they unpack
 * pairs, which every device supports.
 */
function reader(input: string, isQuads: boolean, inHalf: boolean): string {
  const pair = (word: string) => `unpack2x16float(bitcast<u32>(${input}[${word}]))`;
  const [one, four] = inHalf
    ? [
        `let pair = ${pair('i >> 1u')}; return select(pair.x, pair.y, (i & 1) == 1);`,
        `return vec4<f32>(${pair('i >> 1u')}, ${pair('(i >> 1u) + 1')});`,
      ]
    : isQuads
      ? [`return ${input}[i >> 2u][i & 3];`, `return ${input}[i >> 2u];`]
      : [
          `return ${input}[i];`,
          `return vec4<f32>(${input}[i], ${input}[i + 1], ${input}[i + 2], ${input}[i + 3]);`,
        ];
  return `
    fn ${input}_at(i : i32) -> f32 { ${one} }
    fn ${input}_quad(i : i32) -> vec4<f32> { ${four} }`;
}

/** Makes a program in which each invocation computes one value of the output, at `index`. */
export function elementwise(
  spec: Omit<ProgramSpec, 'workgroups' | 'threads' | 'size'>,
): FlatProgram {
  const size = util.sizeFromShape(spec.outputShape);
  const threads = 64;
  return program({
    ...spec,
    size: true,
    workgroups: Math.ceil(size / threads),
    threads,
    body: `if (index >= uniforms.size) { return; }\n${written(spec.body)}`,
  });
}
