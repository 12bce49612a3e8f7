import type { WebGpuProgram } from './webgpu-backend.js';

/** WGSL, or a function that makes it. */
type Code = string | (() => string);

const written = (code: Code) => (typeof code === 'string' ? code : code());

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
  /**
   * The body of a function that gets `index`, the number of the invocation, and `group`, the number
   * of its workgroup. A function that returns long code is called only when it is compiled.
   */
  body: Code;
  /** WGSL in front of that function. */
  declarations?: Code;
  /** What the code depends on besides the uniforms. */
  constants?: string;
  /** Inputs that may lie in half precision: the code reads value i of such an `x` as `x_at(i)`. */
  halves?: string[];
  /**
   * Other inputs that the code reads as `x_at(i)`. It reads those in quads as `x_quad(i)` too:
   * values i … i + 3, where i is a multiple of 4.
   */
  read?: { input: string; inQuads: boolean }[];
  /** Whether it is told how many values the output has, as `uniforms.size`. */
  size?: boolean;
  /** Whether the result holds atomic integers. */
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
  const { declarations = '', constants = '', halves = [], read = [], size, atomic } = spec;
  const isQuads = (input: string) =>
    !inHalf.includes(input) && read.some((one) => one.input === input && one.inQuads);
  const readers = [...new Set([...halves, ...read.map(({ input }) => input)])];
  const key = inHalf.length > 0 ? `-half-${inHalf.join('-')}` : '';
  return {
    variableNames: inputs,
    variableComponents: inputs.map((input) => (isQuads(input) ? 4 : 1)),
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
      ${readers.map((input) => reader(input, isQuads(input), inHalf.includes(input))).join('')}
      ${written(declarations)}
      fn main(index : i32) {
        let group = i32((workgroupId.z * numWorkgroups.y + workgroupId.y) * numWorkgroups.x + workgroupId.x);
        ${written(body)}
      }`,
  };
}

/**
 * WGSL: functions that read one value and four values of an input. In half precision they unpack
 * pairs, which every device can do.
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
    body: `if (index >= uniforms.size) { return; }\n${written(spec.body)}`,
  });
}
