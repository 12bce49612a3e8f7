import type { TensorInfo } from '@tensorflow/tfjs-core';
import { elementwise, program, runProgram } from './program.js';
import { integers } from './uniform.js';
import type { ProgramUniform, WebGpuBackend } from './webgpu-backend.js';

/** Terms of the sum in workgroup memory. */
const DEPTH = 16;
/** Invocations along each side of a workgroup's tile. */
const SIDE = 8;
const THREADS = SIDE * SIDE;
/** Number of workgroups to reach. If a product has fewer tiles, its sum is split into slices. */
const WORKGROUPS = 1024;
/** Smallest number of terms in a slice. With fewer, adding the slices costs more than it saves. */
const SHORTEST = 256;

/**
 * From this many multiply-adds on, blocks of 8×8 are faster. Below, their code takes too long to
 * compile.
 */
const LARGE = 2 ** 23;

/** One factor of a product: its input, and the positions of its values. */
export interface Factor {
  input: string;
  /**
   * The index along which values are neighbours in memory: that of the result (`across`) or that of
   * the sum (`deep`).
   */
  runs: 'across' | 'deep';
  /**
   * WGSL body of `fn (line : vec4<i32>, term : vec4<i32>) -> i32`. It returns the position in the
   * input, or −1 for a factor of 0. `line` is the result of `placeM` or `placeN`, `term` that of
   * `placeK`.
   */
  at: string;
  /**
   * Whether indices 4i … 4i + 3 along `runs` are neighbours in memory, starting at a multiple of
   * four.
   */
  inQuads: boolean;
}

/** A product `result[m, n] = Σ_k a(m, k) · b(k, n)`. Its factors are read in place. */
export interface ProductSpec {
  name: string;
  inputs: string[];
  /** See `program`. */
  halves?: string[];
  /** The shape of the result, of m · n values. */
  outputShape: number[];
  m: number;
  n: number;
  k: number;
  /** WGSL members, each `name : type,`. */
  uniforms: string;
  /**
   * WGSL: `placeM`, `placeN` and `placeK`, each `fn (index : i32) -> vec4<i32>`. Divisions belong
   * here, since each function is called once per index, outside the inner loops.
   */
  places: string;
  a: Factor;
  b: Factor;
  /**
   * WGSL bodies of `fn (m : i32) -> i32` and `fn (n : i32) -> i32`. The position of a value in the
   * result is their sum. By default they are m · sizeN and n.
   */
  to?: { m: string; n: string };
  /** WGSL condition on `m`. Rows of the result for which it holds are negated. */
  negative?: string;
}

/**
 * Computes a product in tiles, in one or two passes.
 *
 * A workgroup of 8×8 invocations computes one tile of the result. Workgroup memory holds 16 terms
 * of both factors for the tile. Each invocation keeps a block of 8×8 sums in registers, or of 4×4
 * in small products. The loop over the terms has two barriers for each 16 terms.
 *
 * A long sum for few values, such as the filter gradient of a convolution, is split into slices for
 * more workgroups. A second pass then adds the slices.
 */
export function tiledProduct(
  backend: WebGpuBackend,
  spec: ProductSpec,
  inputs: TensorInfo[],
  uniforms: ProgramUniform[],
): TensorInfo {
  const { m, n, k, outputShape } = spec;
  const block = Math.min(m, n) > 32 && m * n * k >= LARGE ? 8 : 4;
  const tile = SIDE * block;
  const [tilesM, tilesN] = [Math.ceil(m / tile), Math.ceil(n / tile)];
  const wanted = Math.ceil(WORKGROUPS / (tilesM * tilesN));
  const slices = Math.max(1, Math.min(wanted, Math.floor(k / SHORTEST)));
  const length = Math.ceil(k / slices / DEPTH) * DEPTH;
  const used = Math.ceil(k / length);
  const pass = program({
    name: `product-${spec.name}`,
    constants: `${block} ${spec.a.inQuads} ${spec.a.runs} ${spec.b.inQuads}`,
    inputs: spec.inputs,
    halves: spec.halves,
    read: [spec.a, spec.b],
    outputShape: used === 1 ? outputShape : [used, m * n],
    uniforms:
      `${spec.uniforms} sizeM : i32, sizeN : i32, sizeK : i32, tilesN : i32, tiles : i32, ` +
      'length : i32, slices : i32,',
    workgroups: tilesM * tilesN * used,
    threads: THREADS,
    declarations: () => `
      ${spec.places}
      ${position('atA', spec.a)}
      ${position('atB', spec.b)}
      fn toM(m : i32) -> i32 { ${spec.to?.m ?? 'return m * uniforms.sizeN;'} }
      fn toN(n : i32) -> i32 { ${spec.to?.n ?? 'return n;'} }
      var<workgroup> tileA : array<vec4<f32>, ${tileQuads(spec.a, tile)}>;
      var<workgroup> tileB : array<vec4<f32>, ${tileQuads(spec.b, tile)}>;
      var<workgroup> terms : array<vec4<i32>, ${DEPTH}>;`,
    body: () => body(block, tile, spec),
  });
  const sizes = [m, n, k, tilesN, tilesM * tilesN, length, used].map((value) => integers(value));
  const product = runProgram(backend, pass, inputs, 'float32', [...uniforms, ...sizes]);
  if (used === 1) return product;
  const total = addSlices(backend, product, used, outputShape);
  backend.disposeData(product.dataId);
  return total;
}

/** WGSL: the function that returns a factor's position in its input. */
const position = (name: string, { at }: Factor) =>
  `fn ${name}(line : vec4<i32>, term : vec4<i32>) -> i32 { ${at} }`;

/**
 * The number of quads in a row of a tile. With quads that run across, a tile has one row per term.
 * With quads that run deep, it has one row per line, plus one unused quad per row: neighbouring
 * rows then lie in different memory banks.
 */
const rowQuads = ({ runs }: Factor, tile: number) => (runs === 'across' ? tile / 4 : DEPTH / 4 + 1);
const tileQuads = (factor: Factor, tile: number) =>
  rowQuads(factor, tile) * (factor.runs === 'across' ? DEPTH : tile);

/** WGSL: the tile and the slice of a workgroup, and the block of an invocation. */
const tileOfWorkgroup = (tile: number) => `
    let slice = group / uniforms.tiles;
    let within = group % uniforms.tiles;
    let firstM = (within / uniforms.tilesN) * ${tile};
    let firstN = (within % uniforms.tilesN) * ${tile};
    let local = i32(localIndex);
    let down = local / ${SIDE};
    let along = local % ${SIDE};
    let start = slice * uniforms.length;
    let end = min(start + uniforms.length, uniforms.sizeK);`;

/** WGSL: the whole program. It sums over the terms, 16 at a time, and then stores the block. */
function body(block: number, tile: number, spec: ProductSpec): string {
  const a = side('A', 'M', spec.a, tile);
  const b = side('B', 'N', spec.b, tile);
  return `
    ${tileOfWorkgroup(tile)}
    ${sums(block, (name) => `var ${name} = vec4<f32>(0.0);`)}
    ${a.lines}
    ${b.lines}
    if (local < ${DEPTH}) { terms[local] = placeK(start + local); }
    for (var step = 0; step < uniforms.length; step += ${DEPTH}) {
      let k0 = start + step;
      workgroupBarrier();
      ${a.load}
      ${b.load}
      workgroupBarrier();
      if (local < ${DEPTH}) { terms[local] = placeK(k0 + ${DEPTH} + local); }
      ${multiplyTiles(block, tile, spec)}
    }
    ${store(block, spec)}`;
}

/** WGSL: one statement for each sum of the block. A sum holds four columns. */
const sums = (block: number, write: (name: string, row: number, group: number) => string) =>
  range(block)
    .flatMap((row) => range(block / 4).map((group) => write(`sum${row}_${group}`, row, group)))
    .join('\n');

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

/**
 * WGSL of one factor. `lines` computes the positions of its lines, once. `load` copies its tile to
 * workgroup memory, in each step.
 */
function side(name: 'A' | 'B', index: 'M' | 'N', factor: Factor, tile: number) {
  const { input, runs, inQuads } = factor;
  const isAcross = runs === 'across';
  // Consecutive invocations load consecutive quads of memory.
  const quadsInRow = isAcross ? tile / 4 : DEPTH / 4;
  const loads = (tile * DEPTH) / 4 / THREADS;
  const rowsApart = THREADS / quadsInRow;
  const row = (load: string) => `(local / ${quadsInRow} + ${load} * ${rowsApart})`;
  const quad = `(local % ${quadsInRow})`;
  // Across: one line per quad, or one for each of its values. Deep: one line per load.
  const count = isAcross ? (inQuads ? 1 : 4) : loads;
  const line = isAcross ? `4 * ${quad} + i` : row('load');
  const term = isAcross ? row('load') : `4 * ${quad} + i`;
  const value = (read: string) => `
      if (first${index} + ${line} < uniforms.size${index} && k0 + ${term} < end) {
        let at = at${name}(lines${name}[${isAcross ? 'i' : 'load'}], terms[${term}]);
        if (at >= 0) { ${read} }
      }`;
  return {
    lines: `
    var lines${name} : array<vec4<i32>, ${count}>;
    for (var i = 0; i < ${count}; i++) {
      lines${name}[i] = place${index}(first${index} + ${isAcross ? line : row('i')});
    }`,
    load: `
    for (var load = 0; load < ${loads}; load++) {
      var four = vec4<f32>(0.0);
      ${
        inQuads
          ? `let i = 0; ${value(`four = ${input}_quad(at);`)}`
          : `for (var i = 0; i < 4; i++) { ${value(`four[i] = ${input}_at(at);`)} }`
      }
      tile${name}[${row('load')} * ${rowQuads(factor, tile)} + ${quad}] = four;
    }`,
  };
}

/** WGSL: adds the product of both tiles to the sums, four terms at a time, in registers. */
function multiplyTiles(block: number, tile: number, { a, b }: ProductSpec): string {
  const half = SIDE * 4;
  const component = 'xyzw';
  const read = (name: 'A' | 'B', factor: Factor, thread: string) => {
    const stride = rowQuads(factor, tile);
    return factor.runs === 'across'
      ? range(4).flatMap((term) =>
          range(block / 4).map(
            (group) =>
              `let ${name}${term}_${group} = ` +
              `tile${name}[(4 * deep + ${term}) * ${stride} + ${(group * half) / 4} + ${thread}];`,
          ),
        )
      : range(block).map(
          (line) =>
            `let ${name}${line} = tile${name}[(${thread} + ${line * SIDE}) * ${stride} + deep];`,
        );
  };
  const left = (row: number, term: number) =>
    a.runs === 'across'
      ? `A${term}_${row >> 2}.${component[row & 3]}`
      : `A${row}.${component[term]}`;
  const right = (group: number, term: number) =>
    b.runs === 'across'
      ? `B${term}_${group}`
      : `vec4<f32>(${range(4).map((i) => `B${4 * group + i}.${component[term]}`)})`;
  return `
    for (var deep = 0; deep < ${DEPTH / 4}; deep++) {
      ${[...read('A', a, 'down'), ...read('B', b, 'along')].join('\n')}
      ${range(4)
        .map((term) =>
          sums(
            block,
            (name, row, group) => `${name} += ${left(row, term)} * ${right(group, term)};`,
          ),
        )
        .join('\n')}
    }`;
}

/** WGSL: writes the sums of the block that lie inside the result. */
function store(block: number, { a, b, negative }: ProductSpec): string {
  const lineOf = (at: number, { runs }: Factor, thread: string) =>
    runs === 'across'
      ? `4 * ${thread} + ${(at >> 2) * 4 * SIDE + (at & 3)}`
      : `${thread} + ${at * SIDE}`;
  const columns = range(block)
    .map((column) => {
      const n = `firstN + ${lineOf(column, b, 'along')}`;
      return `
    let n${column} = ${n};
    let to${column} = toN(n${column}) + slice * uniforms.sizeM * uniforms.sizeN;`;
    })
    .join('');
  const rows = range(block).map((row) => {
    const values = range(block).map(
      (column) => `
      if (n${column} < uniforms.sizeN) {
        result[base + to${column}] = sign * sum${row}_${column >> 2}.${'xyzw'[column & 3]};
      }`,
    );
    return `
    {
      let m = firstM + ${lineOf(row, a, 'down')};
      if (m < uniforms.sizeM) {
      let base = toM(m);
      let sign = ${negative ? `select(1.0, -1.0, ${negative})` : '1.0'};
      ${values.join('')}
      }
    }`;
  });
  // If tfjs folds the row of workgroups, some lie after the last slice.
  return `
    if (slice < uniforms.slices) {
    ${columns}
    ${rows.join('')}
    }`;
}

/** WGSL: the sum of one value over all slices. */
const SUM_OF_SLICES = `
      var total = 0.0;
      for (var slice = 0; slice < uniforms.count; slice++) {
        total += slices[slice * uniforms.size + index];
      }
      result[index] = total;`;

/**
 * Sums over the first axis, in one pass without workgroup memory: each invocation computes one
 * value of the result.
 */
export function addSlices(
  backend: WebGpuBackend,
  slices: TensorInfo,
  count: number,
  outputShape: number[],
): TensorInfo {
  const pass = elementwise({
    name: 'add-slices',
    inputs: ['slices'],
    outputShape,
    uniforms: 'count : i32,',
    body: SUM_OF_SLICES,
  });
  return runProgram(backend, pass, [slices], 'float32', [integers(count)]);
}
