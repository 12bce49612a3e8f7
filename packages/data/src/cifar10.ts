/** The classes of CIFAR-10 in the order of its labels, and statistics of its training pixels. */
export const CIFAR10: {
  readonly classNames: readonly string[];
  /** Mean of red, green and blue, of pixels in [0, 1]. */
  readonly mean: readonly number[];
  /** Standard deviation of each. */
  readonly std: readonly number[];
} = {
  classNames: [
    'airplane',
    'automobile',
    'bird',
    'cat',
    'deer',
    'dog',
    'frog',
    'horse',
    'ship',
    'truck',
  ],
  mean: [0.4914, 0.48216, 0.44653],
  std: [0.24703, 0.24349, 0.26159],
};
