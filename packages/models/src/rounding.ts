/** How the strides of one pooling became integers. Pairs are of the height and the width. */
export interface Rounding {
  /** The strides of the model. */
  learned: [number, number];
  /** The integer strides of the copy. */
  rounded: [number, number];
  /** The size of the map that the pooling leaves in the model, in pixels. */
  learnedSize: [number, number];
  /** The size that it leaves in the copy. */
  roundedSize: [number, number];
  /** Size of the strided convolution. */
  taps: [number, number];
  /** The part of the energy of the impulse response that the taps keep, from 0 to 1. */
  energy: number;
}
