import type { TensorInfo } from '@tensorflow/tfjs-core';
import { program, runProgram } from '../webgpu/program.js';
import { integers } from '../webgpu/uniform.js';
import type { ProgramUniform, WebGpuBackend } from '../webgpu/webgpu-backend.js';
import { zeros } from '../webgpu/zeros.js';
import { type DiffStrideAttributes, diffStrideGradientKernel } from './contract.js';
import { type Ramps, rampsOf } from './ramp-bins.js';
import {
  GRADIENT_OF_STRIDE,
  STRIDE_OF_AXIS,
  tableOf,
  UNIFORMS,
  uniformsOf,
} from './webgpu-masks.js';
import { PART_DECLARATIONS, PART_UNIFORMS, projectOnRamps } from './webgpu-ramp-projections.js';

/** Invocations of a workgroup. */
const LANES = 64;
/** Rows of a matrix that a workgroup multiplies by. */
const ROWS = 8;
/** The numbers of the vectors of four that hold these rows. */
const QUADS = [0, 1];
/** Columns of these rows in workgroup memory. */
const DEPTH = 32;

/** WGSL: sums `lanes` over the workgroup. The first lane then has the sum in `lanes[0]`. */
const SUM_OF_LANES = `
      for (var half = ${LANES / 2}; half > 0; half >>= 1) {
        workgroupBarrier();
        if (lane < half) { lanes[lane] += lanes[lane + half]; }
      }`;

/**
 * WGSL: the weights of a bin in the gradient, for the even and the odd matrix: the sum and the
 * difference of its weights at k and −k. A mask that is not on the ramp has weight 0.
 */
const WEIGHTS_OF_BIN = `
  fn slopeAt(axis : i32, entry : i32) -> f32 {
    let value = ramp(axis, table[entry]);
    return select(0.0, table[entry + 1], value >= 0.0 && value <= 1.0);
  }
  fn weightsOf(axis : i32, bin : i32) -> vec2<f32> {
    let entry = binAt(axis, bin);
    let positive = slopeAt(axis, entry + 1);
    let negative = slopeAt(axis, entry + 3);
    return vec2<f32>(positive + negative, positive - negative);
  }`;

/**
 * WGSL: a line of a part: the position of its first cosine, the step to the next pixel, and the
 * step to a sine. `pixels` is the length of the line. Four values of the line of dy at a time are
 * read by `fourAt`, with 0 beyond its end.
 */
const LINE_OF_PART = `
  struct Line { first : i32, step : i32, sine : i32, pixels : i32 }
  fn lineOf(number : i32, pixels : i32, sample : i32, slot : i32, channel : i32) -> Line {
    let part = partOf(number);
    let most = uniforms.most[part.axis];
    let outer = select(sample, sample * pixels, part.axis == 1);
    let first = uniforms.starts[number] + (outer * most + slot) * 2 * part.inner + channel;
    let step = select(1, 2 * most, part.axis == 1) * uniforms.image.y;
    return Line(first, step, part.inner, pixels);
  }
  fn fourAt(line : Line, first : i32, row : i32) -> vec4<f32> {
    var four = vec4<f32>(0.0);
    for (var i = 0; i < 4; i++) {
      if (row + i < line.pixels) { four[i] = projections[first + (row + i) * line.step]; }
    }
    return four;
  }`;

/** WGSL: four rows of a matrix of the other axis at one column, with 0 beyond its sides. */
const ROWS_OF_MATRIX = `
  fn rowsAt(first : i32, side : vec4<i32>, row : i32, column : i32) -> vec4<f32> {
    var four = vec4<f32>(0.0);
    for (var i = 0; i < 4; i++) {
      if (row + i < side.x && column < side.y) {
        four[i] = matrices[first + (row + i) * side.y + column];
      }
    }
    return four;
  }
  var<workgroup> tile : array<vec4<f32>, ${4 * DEPTH}>;
  var<workgroup> lanes : array<f32, ${LANES}>;`;

/** WGSL: the axis of a workgroup and its rows of the other axis' matrices; the bin of a line. */
const BIN_OF_LANE = `
      let axis = select(0, 1, group >= uniforms.ends.x);
      let side = sizes(1 - axis);
      let blocks = (side.x + ${ROWS - 1}) / ${ROWS};
      let within = group - select(0, uniforms.ends.x, axis == 1);
      let row = within % blocks * ${ROWS};
      let lane = i32(localIndex);
      let place = within / blocks * ${LANES} + lane;
      let most = max(1, uniforms.most[axis]);
      let slot = place / uniforms.image.y % most;
      let sample = place / uniforms.image.y / most;
      let isInside = sample < uniforms.image.x;
      let seen = lineOf(2 * axis, side.y, sample, slot, place % uniforms.image.y);
      let upstream = lineOf(2 * axis + 1, side.x, sample, slot, place % uniforms.image.y);
      let rowsSize = uniforms.axes.x * uniforms.axes.y;
      let even = select(rowsSize, 0, axis == 1);
      let odd = even + rowsSize + uniforms.axes2.x * uniforms.axes2.y;`;

/** Vectors that hold the products of a line with the rows of both matrices. */
const PRODUCTS = ['evenCosines', 'evenSines', 'oddCosines', 'oddSines'].flatMap((name) =>
  QUADS.map((quad) => name + quad),
);

/**
 * WGSL: multiplies the cosines and sines of x by eight rows of the even and of the odd matrix. The
 * tile holds rows 0 … 3 and 4 … 7 of the even matrix, then of the odd one.
 */
const MULTIPLY_ROWS = `
      ${PRODUCTS.map((name) => `var ${name} = vec4<f32>(0.0);`).join('\n')}
      for (var start = 0; start < uniforms.longest; start += ${DEPTH}) {
        workgroupBarrier();
        for (var item = lane; item < ${4 * DEPTH}; item += ${LANES}) {
          let quad = item / ${DEPTH};
          let matrix = select(even, odd, quad > 1);
          tile[item] = rowsAt(matrix, side, row + 4 * (quad % 2), start + item % ${DEPTH});
        }
        workgroupBarrier();
        let count = select(0, min(${DEPTH}, seen.pixels - start), isInside);
        for (var at = 0; at < count; at++) {
          let place = seen.first + (start + at) * seen.step;
          let cosine = projections[place];
          let sine = projections[place + seen.sine];
          ${QUADS.map(
            (quad) => `
          let even${quad} = tile[${quad * DEPTH} + at];
          let odd${quad} = tile[${(quad + 2) * DEPTH} + at];
          evenCosines${quad} += cosine * even${quad};
          evenSines${quad} += sine * even${quad};
          oddCosines${quad} += cosine * odd${quad};
          oddSines${quad} += sine * odd${quad};`,
          ).join('')}
        }
      }`;

/** WGSL: multiplies by the projections of dy, and sums over the workgroup. */
const MULTIPLY_UPSTREAM = `
      var sum = 0.0;
      if (isInside) {
        let weights = weightsOf(axis, firstOnRamp(axis) + slot);
        ${QUADS.map(
          (quad) => `
        let cosines${quad} = fourAt(upstream, upstream.first, row + ${4 * quad});
        let sines${quad} = fourAt(upstream, upstream.first + upstream.sine, row + ${4 * quad});
        sum += weights.x
          * (dot(evenCosines${quad}, cosines${quad}) + dot(evenSines${quad}, sines${quad}));
        sum -= weights.y
          * (dot(oddCosines${quad}, sines${quad}) - dot(oddSines${quad}, cosines${quad}));`,
        ).join('')}
      }
      lanes[lane] = sum;
      ${SUM_OF_LANES}
      if (lane == 0 && group < uniforms.ends.y) { result[group] = lanes[0]; }`;

/**
 * Sums over the bins on both ramps, in one pass. With the projections C, S of x and c, s of dy, and
 * the even and odd matrices E and O of the other axis,
 *
 *     Σ_k σ_k (⟨E·C_k, c_k⟩ + ⟨E·S_k, s_k⟩) − δ_k (⟨O·C_k, s_k⟩ − ⟨O·S_k, c_k⟩)
 *
 * An invocation takes one bin of one sample and channel, and eight rows of E and O. Its workgroup
 * keeps 32 columns of these rows in its memory, 2 kB, and has two barriers for each 32 columns. It
 * writes one sum.
 */
function sumOverBins(
  backend: WebGpuBackend,
  inputs: Record<'projections' | 'matrices' | 'strides' | 'table', TensorInfo>,
  [ofRows, all]: readonly [number, number],
  uniforms: ProgramUniform[],
): TensorInfo {
  const { projections, matrices, strides, table } = inputs;
  const pass = program({
    name: 'diff-stride-bins',
    inputs: ['projections', 'matrices', 'strides', 'table'],
    outputShape: [all],
    uniforms: `${PART_UNIFORMS} ends : vec2<i32>,`,
    workgroups: all,
    threads: LANES,
    declarations: PART_DECLARATIONS + WEIGHTS_OF_BIN + LINE_OF_PART + ROWS_OF_MATRIX,
    body: BIN_OF_LANE + MULTIPLY_ROWS + MULTIPLY_UPSTREAM,
  });
  return runProgram(backend, pass, [projections, matrices, strides, table], 'float32', [
    ...uniforms,
    integers(ofRows, all),
  ]);
}

/** The numbers of workgroups of {@link sumOverBins}: for the rows' bins, and for all bins. */
function groupsOfBins(
  { rows, columns }: DiffStrideAttributes,
  { most }: Ramps,
  planes: number,
): [number, number] {
  const [ofRows, ofColumns] = [columns, rows].map(
    ({ outputSize }, axis) =>
      Math.ceil((planes * most[axis]!) / LANES) * Math.ceil(outputSize / ROWS),
  );
  return [ofRows!, ofRows! + ofColumns!];
}

/** WGSL: sums the sums of one axis, and computes the gradient of its stride. */
const GRADIENT_OF_AXIS = `
      let axis = min(group, 1);
      let lane = i32(localIndex);
      let first = select(0, uniforms.ends.x, axis == 1);
      let end = select(uniforms.ends.x, uniforms.ends.y, axis == 1);
      var sum = 0.0;
      for (var at = first + lane; at < end; at += ${LANES}) { sum += sums[at]; }
      lanes[lane] = sum;
      ${SUM_OF_LANES}
      if (lane == 0) { result[axis] = gradientOfStride(axis, lanes[0]); }`;

/** One pass with a workgroup per axis. Each of its 64 lanes adds a part of the sums of its axis. */
function gradientOfSums(
  backend: WebGpuBackend,
  sums: TensorInfo,
  strides: TensorInfo,
  ends: readonly [number, number],
  attributes: DiffStrideAttributes,
): TensorInfo {
  const pass = program({
    name: 'diff-stride-gradient-of-sums',
    inputs: ['sums', 'strides'],
    outputShape: [2],
    uniforms: `${UNIFORMS} ends : vec2<i32>,`,
    workgroups: 2,
    threads: LANES,
    declarations: `${STRIDE_OF_AXIS}${GRADIENT_OF_STRIDE}
      var<workgroup> lanes : array<f32, ${LANES}>;`,
    body: GRADIENT_OF_AXIS,
  });
  return runProgram(backend, pass, [sums, strides], 'float32', [
    ...uniformsOf(attributes, strides),
    integers(...ends),
  ]);
}

/**
 * Three passes: projections of x and dy on the waves of both ramps, sums over their bins, and a
 * last sum. No pass forms the gradient of a matrix, and none adds in an order that can change.
 */
export const diffStrideGradientOnWebGpu = diffStrideGradientKernel.on(
  (backend: WebGpuBackend, { x, dy, strides, matrices }, attributes) => {
    const ramps = rampsOf(attributes)!;
    const ends = groupsOfBins(attributes, ramps, x.shape[0]! * x.shape[3]!);
    if (ends[1] === 0) return zeros(backend, [2], 'float32');
    const table = tableOf(backend, attributes);
    const given = { x, dy, strides, table };
    const { projections, uniforms } = projectOnRamps(backend, given, attributes, ramps);
    const operands = { projections, matrices: matrices!, strides, table };
    const sums = sumOverBins(backend, operands, ends, uniforms);
    backend.disposeData(projections.dataId);
    const gradient = gradientOfSums(backend, sums, strides, ends, attributes);
    backend.disposeData(sums.dataId);
    return gradient;
  },
);
