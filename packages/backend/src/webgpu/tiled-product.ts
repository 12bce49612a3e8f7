import type { TensorInfo } from '@tensorflow/tfjs-core';
import { elementwise, program } from './program.js';
import { integers } from './uniform.js';
import type { ProgramUniform, WebGpuBackend } from './webgpu-backend.js';

/** Terms of the sum that a workgroup holds at a time. */
const DEPTH = 16;
/** Invocations of a workgroup along each side of its tile. */
const SIDE = 8;
/** Workgroups wanted: the sum is split until there are that many. */
const WORKGROUPS = 256;
/** Terms below which a slice of the sum is not worth a pass that adds the slices up. */
const SHORTEST = 256;

/** A product `result[m, n] = Σ_k a(m, k) · b(k, n)` whose factors are read through WGSL of their own. */
export interface ProductSpec {
  name: string;
  inputs: string[];
  /** See `program`. */
  halves?: string[];
  /** m × n is the number of its values. */
  outputShape: number[];
  m: number;
  n: number;
  k: number;
  /** WGSL members behind a `name : type,`. */
  uniforms: string;
  /** WGSL: `fn factorA(m : i32, k : i32) -> f32` and `fn factorB(k : i32, n : i32) -> f32`, only asked for what exists. */
  factors: string;
  /** Along which index neighbours of `a` are neighbours in memory. */
  aRuns: 'm' | 'k';
  bRuns: 'k' | 'n';
}

/**
 * Runs a product in tiles that a workgroup keeps in its own memory, each invocation a block of 4×4 or 8×8 values in registers. A long
 * sum over few values, as a convolution's filter gradient is, is split among workgroups, and the slices added up in a second pass.
 */
export function tiledProduct(
  backend: WebGpuBackend,
  spec: ProductSpec,
  inputs: TensorInfo[],
  uniforms: ProgramUniform[],
): TensorInfo {
  const { m, n, k, outputShape } = spec;
  const block = Math.min(m, n) > 32 ? 8 : 4;
  const tile = SIDE * block;
  const [tilesM, tilesN] = [Math.ceil(m / tile), Math.ceil(n / tile)];
  const wanted = Math.ceil(WORKGROUPS / (tilesM * tilesN));
  const slices = Math.max(1, Math.min(wanted, Math.floor(k / SHORTEST)));
  const length = Math.ceil(k / slices / DEPTH) * DEPTH;
  const used = Math.ceil(k / length);
  const pass = program({
    name: `product-${spec.name}`,
    constants: `${block}`,
    inputs: spec.inputs,
    halves: spec.halves,
    outputShape: used === 1 ? outputShape : [used, m * n],
    uniforms: `${spec.uniforms} sizeM : i32, sizeN : i32, sizeK : i32, tilesN : i32, tiles : i32, length : i32, slices : i32,`,
    workgroups: tilesM * tilesN * used,
    threads: SIDE * SIDE,
    declarations: `
      ${spec.factors}
      var<workgroup> tileA : array<f32, ${DEPTH * tile}>;
      var<workgroup> tileB : array<f32, ${DEPTH * tile}>;`,
    body: body(block, tile, spec),
  });
  const sizes = [m, n, k, tilesN, tilesM * tilesN, length, used].map((value) => integers(value));
  const product = backend.runWebGPUProgram(pass, inputs, 'float32', [...uniforms, ...sizes]);
  if (used === 1) return product;
  const total = addSlices(backend, product, used, outputShape);
  backend.disposeData(product.dataId);
  return total;
}

function body(block: number, tile: number, { aRuns, bRuns }: ProductSpec): string {
  const load = (name: string, factor: string, runs: boolean, call: string) => `
    for (var e = i32(localIndex); e < ${DEPTH * tile}; e += ${SIDE * SIDE}) {
      let across = ${runs ? `e % ${tile}` : `e / ${DEPTH}`};
      let deep = ${runs ? `e / ${tile}` : `e % ${DEPTH}`};
      let k = k0 + deep;
      let at = ${factor} + across;
      var value = 0.0;
      if (k < end && at < ${name === 'tileA' ? 'uniforms.sizeM' : 'uniforms.sizeN'}) { value = ${call}; }
      ${name}[deep * ${tile} + across] = value;
    }`;
  return `
    let slice = group / uniforms.tiles;
    let within = group % uniforms.tiles;
    let m0 = (within / uniforms.tilesN) * ${tile};
    let n0 = (within % uniforms.tilesN) * ${tile};
    let row = (i32(localIndex) / ${SIDE}) * ${block};
    let column = (i32(localIndex) % ${SIDE}) * ${block};
    let start = slice * uniforms.length;
    let end = min(start + uniforms.length, uniforms.sizeK);
    var sums : array<array<f32, ${block}>, ${block}>;
    for (var step = 0; step < uniforms.length; step += ${DEPTH}) {
      let k0 = start + step;
      workgroupBarrier();
      ${load('tileA', 'm0', aRuns === 'm', 'factorA(at, k)')}
      ${load('tileB', 'n0', bRuns === 'n', 'factorB(k, at)')}
      workgroupBarrier();
      for (var deep = 0; deep < ${DEPTH}; deep++) {
        var left : array<f32, ${block}>;
        for (var i = 0; i < ${block}; i++) { left[i] = tileA[deep * ${tile} + row + i]; }
        for (var j = 0; j < ${block}; j++) {
          let right = tileB[deep * ${tile} + column + j];
          for (var i = 0; i < ${block}; i++) { sums[i][j] += left[i] * right; }
        }
      }
    }
    for (var i = 0; i < ${block}; i++) {
      for (var j = 0; j < ${block}; j++) {
        let m = m0 + row + i;
        let n = n0 + column + j;
        if (m < uniforms.sizeM && n < uniforms.sizeN && slice < uniforms.slices) {
          result[(slice * uniforms.sizeM + m) * uniforms.sizeN + n] = sums[i][j];
        }
      }
    }`;
}

/** The sum over the first axis. */
function addSlices(
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
    body: `
      var total = 0.0;
      for (var slice = 0; slice < uniforms.count; slice++) { total += slices[slice * uniforms.size + index]; }
      result[index] = total;`,
  });
  return backend.runWebGPUProgram(pass, [slices], 'float32', [integers(count)]);
}
