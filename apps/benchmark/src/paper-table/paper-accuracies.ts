/** The paper's initial strides of stages 2 to 4, in the order of its table. */
export const PAPER_STRIDES: [number, number, number][] = [
  [2, 2, 2],
  [2, 2, 3],
  [1, 3, 1],
  [3, 1, 3],
  [3, 1, 2],
  [3, 2, 3],
];

/**
 * Test accuracies in percent that the paper prints (Riad et al., ICLR 2022), by pooling, in the order of
 * {@link PAPER_STRIDES}.
 */
export const PAPER_ACCURACIES: Record<'cifar10', Record<string, number[]>> = {
  cifar10: {
    conv: [91.4, 90.5, 90.0, 85.7, 86.4, 82.0],
    spectral: [92.4, 92.2, 91.1, 90.9, 90.9, 89.2],
    diffstride: [92.5, 92.8, 92.4, 92.4, 92.3, 92.3],
  },
};

/** What the paper prints for a pooling from initial strides, or `null`. */
export function paperAccuracy(
  dataset: keyof typeof PAPER_ACCURACIES,
  pooling: string,
  strides: number[],
): number | null {
  const row = PAPER_STRIDES.findIndex((pair) => `${pair}` === `${strides}`);
  return PAPER_ACCURACIES[dataset][pooling]?.[row] ?? null;
}
