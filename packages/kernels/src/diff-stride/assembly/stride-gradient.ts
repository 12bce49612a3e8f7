// Gradient of DiffStride in the half sizes of its two masks, from x and dy.
//
// A half size enters through the mask values on its ramp only. With the waves of those frequencies,
// φ for the pixels of x and θ for the pixels of y, and the pooling y = Re(P_h x P_wᵀ):
//
//   da = Σ_k σ_k (⟨C_k Reᵀ, c_k⟩ + ⟨S_k Reᵀ, s_k⟩) − δ_k (⟨C_k Imᵀ, s_k⟩ − ⟨S_k Imᵀ, c_k⟩)
//   db = Σ_l τ_l (⟨Re P_h C_l, c_l⟩ + ⟨Re P_h S_l, s_l⟩)
//        − Σ_kl μ_k τ_l (⟨C_k C_l, s_k s_l⟩ − ⟨C_k S_l, s_k c_l⟩
//                        − ⟨S_k C_l, c_k s_l⟩ + ⟨S_k S_l, c_k c_l⟩)
//
// Here C and S are projections of x on cos φ and sin φ, c and s are projections of dy on cos θ and
// sin θ; k runs over rows, l over columns; Re and Im are the parts of P_w. σ and δ are sums and
// differences of the slopes of k and −k, μ is the difference of their masks, τ is the slope of l.

import { multiplyAdd } from '../../wasm/assembly/multiply-add';
import { tableFloats } from '../../wasm/assembly/panel';
import { PER_PIECE, startScratch } from './arena';
import {
  blockOf,
  chunkOf,
  FoldedImage,
  fold,
  foldedImage,
  foldedImageFloats,
  upperRows,
} from './folded-image';
import { alongWidth, Blocks, blocksOf, multiplyColumns, multiplyRows } from './symmetric-matrix';
import {
  projectColumns,
  projections,
  projectionsOf,
  projectRows,
  wavesOf,
} from './wave-projections';

/** The number of floats that `diffStrideGradient` needs as scratch space. */
export function diffStrideGradientScratch(
  inHeight: i32,
  inWidth: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  rowBins: i32,
  columnBins: i32,
): f64 {
  const chunk = chunkOf(channels);
  const matrices =
    tableFloats(outHeight + 4, inHeight + 1) + 2 * tableFloats(outWidth + 4, inWidth + 1);
  const waves =
    2 * tableFloats(rowBins, inHeight + outHeight + 2) +
    2 * tableFloats(columnBins, inWidth + outWidth + 2);
  const images = foldedImageFloats(inHeight, inWidth, chunk);
  const upstream = foldedImageFloats(outHeight, outWidth, chunk);
  const ofRows = 2 * foldedImageFloats(rowBins, inWidth + 2 * outWidth, 1);
  const ofColumns = 2 * foldedImageFloats(inHeight + 2 * outHeight, columnBins, 1);
  const ofBoth = 8 * foldedImageFloats(rowBins, columnBins, 1);
  return matrices + waves + images + upstream + ofRows + ofColumns + ofBoth + 80 * PER_PIECE;
}

/**
 * Writes `halves`, two float64: the gradients in a and b. The waves of an axis are [2 · bins,
 * pixels], cosines first. `rows` [h, H] and `columns` [w, W] are Re P_h and Re P_w, `skewColumns`
 * is Im P_w. The first `skewed` bins of the rows have a δ that is not 0. With `isSkew` some μ is
 * not 0; else `skewColumns` is not read.
 *
 * One pass over the images, their chunks and blocks of channels. Stages: fold x and dy; project
 * both on the waves; multiply the projections of x by the matrix of the other axis; sum their
 * products with the projections of dy. Scratch holds the tables and the images of one chunk.
 */
export function diffStrideGradient(
  x: usize,
  dy: usize,
  rows: usize,
  columns: usize,
  skewColumns: usize,
  rowInputWaves: usize,
  rowOutputWaves: usize,
  rowSlopes: usize,
  rowSkewSlopes: usize,
  rowSkews: usize,
  columnInputWaves: usize,
  columnOutputWaves: usize,
  columnSlopes: usize,
  halves: usize,
  scratch: usize,
  batch: i32,
  inHeight: i32,
  inWidth: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  rowBins: i32,
  columnBins: i32,
  skewed: i32,
  isSkew: bool,
): void {
  startScratch(scratch);
  const rowBlocks = blocksOf(rows, outHeight, inHeight, false);
  const columnBlocks = blocksOf(columns, outWidth, inWidth, false);
  // Without a skew these blocks are empty.
  const skewBlocks = blocksOf(skewColumns, isSkew ? outWidth : 0, isSkew ? inWidth : 0, true);
  const inRows = wavesOf(rowInputWaves, rowBins, inHeight);
  const outRows = wavesOf(rowOutputWaves, rowBins, outHeight);
  const inColumns = wavesOf(columnInputWaves, columnBins, inWidth);
  const outColumns = wavesOf(columnOutputWaves, columnBins, outWidth);

  const block = blockOf(inHeight, inWidth, channels);
  const chunk = chunkOf(channels);
  const image = foldedImage(inHeight, inWidth, chunk, block, false);
  const upstream = foldedImage(outHeight, outWidth, chunk, block, false);
  const xRows = projections(rowBins, inWidth, block, true);
  const dRows = projections(rowBins, outWidth, block, true);
  const pooled = foldedImage(rowBins, outWidth, block, block, true);
  const xColumns = projections(inHeight, columnBins, block, false);
  const dColumns = projections(outHeight, columnBins, block, false);
  const pooledAcross = foldedImage(outHeight, columnBins, block, block, false);
  const xBoth = foldedImage(rowBins, columnBins, block, block, true);
  const dBoth = foldedImage(rowBins, columnBins, block, block, true);
  const xSkewed = projectionsOf(upperRows(xRows.cos, skewed), upperRows(xRows.sin, skewed));
  const pooledSkewed = upperRows(pooled, skewed);
  const imageStart = image.address;
  const upstreamStart = upstream.address;

  let da: f64 = 0;
  let db: f64 = 0;
  const inSize = inHeight * inWidth * channels;
  const outSize = outHeight * outWidth * channels;
  for (let n = 0; n < batch; n++) {
    for (let from = 0; from < channels; from += chunk) {
      const count = min(chunk, channels - from);
      fold(x + ((<usize>(n * inSize + from)) << 2), channels, count, image);
      fold(dy + ((<usize>(n * outSize + from)) << 2), channels, count, upstream);
      for (let first = 0; first < count; first += block) {
        projectRows(inRows, image, xRows);
        projectRows(outRows, upstream, dRows);
        da += rowProducts(columnBlocks, xRows.cos, pooled, dRows.cos, rowSlopes);
        da += rowProducts(columnBlocks, xRows.sin, pooled, dRows.sin, rowSlopes);
        if (skewed > 0 && isSkew) {
          da -= rowProducts(skewBlocks, xSkewed.cos, pooledSkewed, dRows.sin, rowSkewSlopes);
          da += rowProducts(skewBlocks, xSkewed.sin, pooledSkewed, dRows.cos, rowSkewSlopes);
        }
        projectColumns(inColumns, image, xColumns);
        projectColumns(outColumns, upstream, dColumns);
        db += columnProducts(rowBlocks, xColumns.cos, pooledAcross, dColumns.cos, columnSlopes);
        db += columnProducts(rowBlocks, xColumns.sin, pooledAcross, dColumns.sin, columnSlopes);
        if (isSkew) {
          for (let term = 0; term < 4; term++) {
            const isRowSine = term >= 2;
            const isColumnSine = term % 2 === 1;
            const left = isRowSine ? xRows.sin : xRows.cos;
            const right = isRowSine ? dRows.cos : dRows.sin;
            alongWidth(isColumnSine ? inColumns.sin : inColumns.cos, left, xBoth);
            alongWidth(isColumnSine ? outColumns.cos : outColumns.sin, right, dBoth);
            const products = weightedProducts(xBoth, dBoth, rowSkews, columnSlopes);
            db += isRowSine === isColumnSine ? -products : products;
          }
        }
        image.address += image.blockStep;
        upstream.address += upstream.blockStep;
      }
      image.address = imageStart;
      upstream.address = upstreamStart;
    }
  }
  store<f64>(halves, da);
  store<f64>(halves, db, 8);
}

/** ⟨M x, y⟩ with weights of rows, for a matrix M along the columns of x. `mx` becomes M x. */
function rowProducts(
  matrix: Blocks,
  x: FoldedImage,
  mx: FoldedImage,
  y: FoldedImage,
  weights: usize,
): f64 {
  multiplyColumns(matrix, x, mx);
  return weightedProducts(mx, y, weights, 0);
}

/** ⟨M x, y⟩ with weights of columns, for a matrix M along the rows of x. `mx` becomes M x. */
function columnProducts(
  matrix: Blocks,
  x: FoldedImage,
  mx: FoldedImage,
  y: FoldedImage,
  weights: usize,
): f64 {
  multiplyRows(matrix, x, mx);
  return weightedProducts(mx, y, 0, weights);
}

/**
 * Σ rowWeight · columnWeight · x · y over all pixels and channels of a block. An address of 0 means
 * weights of 1.
 */
function weightedProducts(
  x: FoldedImage,
  y: FoldedImage,
  rowWeights: usize,
  columnWeights: usize,
): f64 {
  const bytes = (<usize>x.block) << 2;
  let total = f32x4.splat(0);
  for (let row = 0; row < x.height; row++) {
    let sum = f32x4.splat(0);
    for (let column = 0; column < x.width; column++) {
      const left = x.address + <usize>row * x.rowStep + <usize>column * x.columnStep;
      const right = y.address + <usize>row * y.rowStep + <usize>column * y.columnStep;
      let product = f32x4.splat(0);
      for (let at: usize = 0; at < bytes; at += 16) {
        product = multiplyAdd(v128.load(left + at), v128.load(right + at), product);
      }
      const weight: f32 = columnWeights ? load<f32>(columnWeights + ((<usize>column) << 2)) : 1;
      sum = multiplyAdd(f32x4.splat(weight), product, sum);
    }
    const weight: f32 = rowWeights ? load<f32>(rowWeights + ((<usize>row) << 2)) : 1;
    total = multiplyAdd(f32x4.splat(weight), sum, total);
  }
  return (
    <f64>f32x4.extract_lane(total, 0) +
    <f64>f32x4.extract_lane(total, 1) +
    <f64>f32x4.extract_lane(total, 2) +
    <f64>f32x4.extract_lane(total, 3)
  );
}
