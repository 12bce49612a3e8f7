import type { TensorInfo } from '@tensorflow/tfjs-core';
import { program, runProgram } from '../webgpu/program.js';
import { integers } from '../webgpu/uniform.js';
import type { ProgramUniform, WebGpuBackend } from '../webgpu/webgpu-backend.js';
import type { DiffStrideAttributes } from './contract.js';
import { BINS_TOGETHER, type Ramps } from './ramp-bins.js';
import { BIN, binsInTable, MASK_OF_AXIS, UNIFORMS, uniformsOf } from './webgpu-masks.js';

/** Invocations of a workgroup. It keeps the waves of as many pixels in its memory. */
const LANES = 64;

/**
 * The numbers 0 … BINS_TOGETHER/2 − 1. A vector of four holds the cosines and sines of two bins.
 */
const PAIRS = Array.from({ length: BINS_TOGETHER / 2 }, (_, pair) => pair);

/**
 * Projections of x and dy on the waves of the ramps, as four parts of one tensor: x on the rows'
 * waves φ, dy on the rows' waves θ, x on the columns' waves φ, dy on the columns' waves θ. A part
 * has the shape [outer, bins, 2, inner], with the cosines first. For rows, outer is the batch and
 * inner is width · channels. For columns, outer is batch · height and inner is channels.
 */
interface RampProjections {
  projections: TensorInfo;
  /** Values of {@link PART_UNIFORMS}. */
  uniforms: ProgramUniform[];
}

/**
 * Uniforms of the programs of the ramps, after those of every program. `bins` holds the number of
 * bins and their start in the table, for rows and for columns; `most` the bins of a part; `starts`
 * the positions of the parts; `image` the batch and the channels; `longest` the longest side.
 */
export const PART_UNIFORMS =
  `${UNIFORMS} bins : vec4<i32>, most : vec2<i32>, ` +
  'starts : vec4<i32>, image : vec2<i32>, longest : i32,';

/** WGSL: sizes of a part. It sums over `size` pixels for each of `lines` lines, outer · inner. */
const PART = `
  struct Part { axis : i32, isUpstream : bool, size : i32, inner : i32, lines : i32 }
  fn partOf(number : i32) -> Part {
    let isUpstream = number % 2 == 1;
    let height = select(uniforms.axes.y, uniforms.axes.x, isUpstream);
    let width = select(uniforms.axes2.y, uniforms.axes2.x, isUpstream);
    let all = uniforms.image.x * height * width * uniforms.image.y;
    if (number < 2) {
      return Part(0, isUpstream, height, width * uniforms.image.y, all / height);
    }
    return Part(1, isUpstream, width, uniforms.image.y, all / width);
  }`;

/**
 * WGSL: the first bin that may be on the ramp of an axis. At earlier bins, both masks are 1 before
 * clipping. The distances rise, so a binary search finds it. `most` bins follow.
 */
const FIRST_ON_RAMP = `
  fn binAt(axis : i32, bin : i32) -> i32 { return uniforms.bins[2 * axis + 1] + ${BIN} * bin; }
  fn firstOnRamp(axis : i32) -> i32 {
    let count = uniforms.bins[2 * axis];
    var low = 0;
    var high = count;
    while (low < high) {
      let middle = (low + high) / 2;
      let entry = binAt(axis, middle);
      let isBefore = ramp(axis, max(table[entry + 1], table[entry + 3])) > 1.0;
      low = select(low, middle + 1, isBefore);
      high = select(middle, high, isBefore);
    }
    return min(low, count - uniforms.most[axis]);
  }`;

/** WGSL: the functions of the programs of the ramps. */
export const PART_DECLARATIONS = MASK_OF_AXIS + PART + FIRST_ON_RAMP;

/** WGSL: cos and sin of 2π·k·pixel/size, for a bin of the table. 0 beyond the bins and pixels. */
const WAVE_OF_BIN = `
  fn waveOf(part : Part, bin : i32, pixel : i32) -> vec2<f32> {
    if (bin >= uniforms.bins[2 * part.axis] || pixel >= part.size) { return vec2<f32>(0.0); }
    let size = sizes(part.axis);
    let roots = select(0, 2 * (uniforms.axes.x + uniforms.axes.y), part.axis == 1)
      + select(2 * size.x, 0, part.isUpstream);
    let at = roots + i32(table[binAt(part.axis, bin)]) * pixel % part.size;
    return vec2<f32>(table[at], table[at + part.size]);
  }
  fn pixelAt(part : Part, at : i32) -> f32 {
    if (part.isUpstream) { return dy[at]; }
    return x_at(at);
  }
  var<workgroup> waves : array<vec4<f32>, ${LANES * PAIRS.length}>;`;

/** WGSL: the part of a workgroup, its bins, and the line of an invocation. */
const LINE_OF_LANE = `
      let ends = uniforms.ends;
      let number = i32(group >= ends.x) + i32(group >= ends.y) + i32(group >= ends.z);
      let part = partOf(number);
      let most = uniforms.most[part.axis];
      let chunks = max(1, (most + ${BINS_TOGETHER - 1}) / ${BINS_TOGETHER});
      let within = group - select(0, ends[max(number, 1) - 1], number > 0);
      let firstBin = within % chunks * ${BINS_TOGETHER};
      let lane = i32(localIndex);
      let line = within / chunks * ${LANES} + lane;
      let outer = line / part.inner;
      let first = outer * part.size * part.inner + line % part.inner;
      let onRamp = firstOnRamp(part.axis) + firstBin;`;

/** WGSL: sums pixel · wave over the pixels of a line, for each bin of the workgroup. */
const SUM_OVER_PIXELS = `
      ${PAIRS.map((pair) => `var sum${pair} = vec4<f32>(0.0);`).join('\n')}
      for (var start = 0; start < uniforms.longest; start += ${LANES}) {
        workgroupBarrier();
        for (var pair = 0; pair < ${PAIRS.length}; pair++) {
          let bin = onRamp + 2 * pair;
          let pixel = start + lane;
          waves[lane * ${PAIRS.length} + pair] =
            vec4<f32>(waveOf(part, bin, pixel), waveOf(part, bin + 1, pixel));
        }
        workgroupBarrier();
        let count = select(0, min(part.size - start, ${LANES}), line < part.lines);
        for (var at = 0; at < count; at++) {
          let pixel = pixelAt(part, first + (start + at) * part.inner);
          ${PAIRS.map((pair) => `sum${pair} += pixel * waves[at * ${PAIRS.length} + ${pair}];`).join('\n')}
        }
      }`;

/** WGSL: writes the projections on the bins that exist. */
const WRITE_PROJECTIONS = `
      if (line >= part.lines) { return; }
      let to = uniforms.starts[number] + line % part.inner;
      ${PAIRS.flatMap((pair) =>
        [0, 1].map((second) => {
          const bin = 2 * pair + second;
          const [cosine, sine] = second ? ['z', 'w'] : ['x', 'y'];
          return `
      if (firstBin + ${bin} < most) {
        let at = to + (outer * most + firstBin + ${bin}) * 2 * part.inner;
        result[at] = sum${pair}.${cosine};
        result[at + part.inner] = sum${pair}.${sine};
      }`;
        }),
      ).join('')}`;

/**
 * Projects x and dy on the waves of both ramps in one pass. An invocation sums over the pixels of
 * one line, for six bins at once. Its workgroup keeps the waves of these bins for 64 pixels in its
 * memory, 3 kB, and has two barriers for each 64 pixels.
 */
export function projectOnRamps(
  backend: WebGpuBackend,
  { x, dy, strides, table }: Record<'x' | 'dy' | 'strides' | 'table', TensorInfo>,
  attributes: DiffStrideAttributes,
  { bins, most }: Ramps,
): RampProjections {
  const [batch, , , channels] = x.shape as [number, number, number, number];
  const { rows, columns } = attributes;
  const images = [
    [rows.inputSize, columns.inputSize],
    [rows.outputSize, columns.outputSize],
  ];
  const parts = most.flatMap((onRamp, axis) =>
    images.map((sides) => ({ onRamp, lines: batch * channels * sides[1 - axis]! })),
  );
  const starts = endsOf(parts.map(({ onRamp, lines }) => 2 * onRamp * lines));
  const ends = endsOf(
    parts.map(({ onRamp, lines }) => Math.ceil(lines / LANES) * Math.ceil(onRamp / BINS_TOGETHER)),
  );
  const uniforms = [
    ...uniformsOf(attributes, strides),
    binsInTable(attributes, bins),
    integers(...most),
    integers(0, ...starts.slice(0, -1)),
    integers(batch, channels),
    integers(Math.max(...images.flat())),
  ];
  const pass = program({
    name: 'diff-stride-projections',
    inputs: ['x', 'dy', 'strides', 'table'],
    halves: ['x'],
    outputShape: [starts.at(-1)!],
    uniforms: `${PART_UNIFORMS} ends : vec4<i32>,`,
    workgroups: ends.at(-1)!,
    threads: LANES,
    declarations: PART_DECLARATIONS + WAVE_OF_BIN,
    body: LINE_OF_LANE + SUM_OVER_PIXELS + WRITE_PROJECTIONS,
  });
  const projections = runProgram(backend, pass, [x, dy, strides, table], 'float32', [
    ...uniforms,
    integers(...ends),
  ]);
  return { projections, uniforms };
}

/** The position after each of several lengths that follow one another. */
function endsOf(lengths: number[]): number[] {
  let end = 0;
  return lengths.map((length) => {
    end += length;
    return end;
  });
}
