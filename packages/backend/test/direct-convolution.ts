/** The sizes of a convolution: x is [n, h, w, a], the filter [kh, kw, a, b]. */
export interface Sizes {
  batch: number;
  image: [number, number];
  channels: number;
  /** Output channels. For a depthwise convolution, those of each input channel. */
  filters: number;
  window: [number, number];
  strides: [number, number];
  dilations: [number, number];
  pad: 'same' | 'valid' | [[number, number], [number, number]];
}

/** Returns the number of outputs along one axis, and the padding in front of the image. */
function axis(
  size: number,
  window: number,
  stride: number,
  dilation: number,
  pad: Sizes['pad'],
  at: 0 | 1,
) {
  const reach = (window - 1) * dilation + 1;
  if (pad === 'same') {
    const outputs = Math.ceil(size / stride);
    return [outputs, Math.floor(Math.max(0, (outputs - 1) * stride + reach - size) / 2)] as const;
  }
  const [before, after] = pad === 'valid' ? [0, 0] : pad[at];
  return [Math.floor((size + before + after - reach) / stride) + 1, before] as const;
}

/** The shapes of a convolution, and its padding at the top and on the left. */
export function shapesOf(sizes: Sizes, isDepthwise: boolean) {
  const { batch, image, channels, filters, window, strides, dilations, pad } = sizes;
  const [h, top] = axis(image[0], window[0], strides[0], dilations[0], pad, 0);
  const [w, left] = axis(image[1], window[1], strides[1], dilations[1], pad, 1);
  return {
    x: [batch, ...image, channels],
    filter: [...window, channels, filters],
    y: [batch, h, w, isDepthwise ? channels * filters : filters],
    top,
    left,
  };
}

/** Computes y, and the gradients of Σ y·dy, by their definition in float64. */
export function directConvolution(
  sizes: Sizes,
  isDepthwise: boolean,
  x: ArrayLike<number>,
  filter: ArrayLike<number>,
  dy: ArrayLike<number>,
) {
  const { batch, image, channels, filters, window, strides, dilations } = sizes;
  const shapes = shapesOf(sizes, isDepthwise);
  const [, h, w, outputs] = shapes.y as [number, number, number, number];
  const y = new Float64Array(batch * h * w * outputs);
  const dx = new Float64Array(x.length);
  const df = new Float64Array(filter.length);
  for (let n = 0; n < batch; n++)
    for (let p = 0; p < h; p++)
      for (let q = 0; q < w; q++)
        for (let i = 0; i < window[0]; i++)
          for (let j = 0; j < window[1]; j++) {
            const row = p * strides[0] + i * dilations[0] - shapes.top;
            const column = q * strides[1] + j * dilations[1] - shapes.left;
            if (row < 0 || row >= image[0] || column < 0 || column >= image[1]) continue;
            for (let a = 0; a < channels; a++)
              for (let b = 0; b < filters; b++) {
                const from = ((n * image[0] + row) * image[1] + column) * channels + a;
                const tap = ((i * window[1] + j) * channels + a) * filters + b;
                const to = ((n * h + p) * w + q) * outputs + (isDepthwise ? a * filters + b : b);
                y[to]! += x[from]! * filter[tap]!;
                dx[from]! += dy[to]! * filter[tap]!;
                df[tap]! += dy[to]! * x[from]!;
              }
          }
  return { y, dx, df };
}
