// The sizes of a 2-D convolution in one record, which all stages of the direct kernels read.

/** The sizes and steps of a convolution, NHWC. `top` and `left` are the padding before x. */
@unmanaged
export class Shape {
  batch: i32;
  inHeight: i32;
  inWidth: i32;
  inChannels: i32;
  outHeight: i32;
  outWidth: i32;
  outChannels: i32;
  filterHeight: i32;
  filterWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  dilationHeight: i32;
  dilationWidth: i32;
  top: i32;
  left: i32;
}

/** The number of floats at the start of a kernel's scratch space that the record takes. */
export const SHAPE_FLOATS: f64 = 16;

/** The record at the start of a kernel's scratch space. */
export function shapeAt(scratch: usize): Shape {
  return changetype<Shape>(scratch);
}

/** The scratch space after the record. */
export function afterShape(scratch: usize): usize {
  return scratch + ((<usize>SHAPE_FLOATS) << 2);
}

/**
 * Writes the record to the start of the scratch space of `convolutionForward`,
 * `convolutionInputGradient` or `convolutionFilterGradient`, before the call.
 */
export function writeConvolutionShape(
  scratch: usize,
  batch: i32,
  inHeight: i32,
  inWidth: i32,
  inChannels: i32,
  outHeight: i32,
  outWidth: i32,
  outChannels: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  dilationHeight: i32,
  dilationWidth: i32,
  top: i32,
  left: i32,
): void {
  const shape = shapeAt(scratch);
  shape.batch = batch;
  shape.inHeight = inHeight;
  shape.inWidth = inWidth;
  shape.inChannels = inChannels;
  shape.outHeight = outHeight;
  shape.outWidth = outWidth;
  shape.outChannels = outChannels;
  shape.filterHeight = filterHeight;
  shape.filterWidth = filterWidth;
  shape.strideHeight = strideHeight;
  shape.strideWidth = strideWidth;
  shape.dilationHeight = dilationHeight;
  shape.dilationWidth = dilationWidth;
  shape.top = top;
  shape.left = left;
}
