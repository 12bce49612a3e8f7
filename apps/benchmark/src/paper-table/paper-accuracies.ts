/** The paper's initial strides of stages 2 to 4, in the order of its tables. */
export const PAPER_STRIDES: [number, number, number][] = [
  [2, 2, 2],
  [2, 2, 3],
  [1, 3, 1],
  [3, 1, 3],
  [3, 1, 2],
  [3, 2, 3],
];

/** The paper's tables of image classification. */
export const PAPER_TABLES = ['cifar10', 'cifar100', 'imagenet'] as const;
export type PaperTableName = (typeof PAPER_TABLES)[number];

/**
 * The paper's test accuracies in percent (Riad et al., ICLR 2022), by pooling: one for each of
 * {@link PAPER_STRIDES} in order, and their mean. For ImageNet there are only means (top-1).
 */
const PAPER_ACCURACIES: Record<
  PaperTableName,
  Record<string, { cells: number[] | null; mean: number }>
> = {
  cifar10: {
    conv: cells([91.4, 90.5, 90.0, 85.7, 86.4, 82.0]),
    spectral: cells([92.4, 92.2, 91.1, 90.9, 90.9, 89.2]),
    diffstride: cells([92.5, 92.8, 92.4, 92.4, 92.3, 92.3]),
  },
  cifar100: {
    conv: cells([66.8, 63.4, 64.9, 55.3, 56.2, 48.2]),
    spectral: cells([73.7, 73.7, 70.3, 69.4, 69.9, 66.6]),
    diffstride: cells([73.4, 73.5, 73.4, 73.7, 73.4, 73.6]),
  },
  imagenet: {
    conv: { cells: null, mean: 65.5 },
    spectral: { cells: null, mean: 67.6 },
    diffstride: { cells: null, mean: 69.3 },
  },
};

function cells(values: number[]) {
  return { cells: values, mean: values.reduce((sum, value) => sum + value, 0) / values.length };
}

/**
 * The paper's accuracy of a pooling for initial strides, or their mean for `strides` `null`.
 * Returns `null` if the paper has no value.
 */
export function paperAccuracy(
  table: PaperTableName,
  pooling: string,
  strides: number[] | null,
): number | null {
  const printed = PAPER_ACCURACIES[table][pooling];
  if (!printed) return null;
  if (strides === null) return printed.mean;
  const row = PAPER_STRIDES.findIndex((triple) => `${triple}` === `${strides}`);
  return printed.cells?.[row] ?? null;
}
