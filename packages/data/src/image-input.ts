import {
  LARGEST_SIDE,
  refuse,
  requireInteger,
  requireList,
  requireNumber,
  requireNumbers,
  requireObject,
  requirePositive,
  requireString,
} from '@ds/checks';

/**
 * The input and the classes of a trained network for images. It can be stored as JSON.
 * `ds-benchmark export` writes it next to a network.
 */
export interface ImageInput {
  /** Height and width of the network's input, in pixels. */
  size: number;
  /** Side of the central square that is resized to `size`, as a share of the shorter side. */
  crop: number;
  /** Mean and standard deviation by channel, of values scaled to [0, 1]. */
  mean: number[];
  std: number[];
  /** The classes, in the order of the network's outputs. */
  classes: string[];
}

/** @throws ConfigError if a value does not describe the input of a network for colour images. */
export function requireImageInput(op: string, input: unknown): void {
  requireObject(op, 'input', input);
  const { size, crop, mean, std, classes } = input as ImageInput;
  requireInteger(op, 'size', size, 1, LARGEST_SIDE);
  requirePositive(op, 'crop', crop);
  if (crop > 1) refuse(op, 'crop', 'be at most 1', crop);
  requireNumbers(op, 'mean', mean, 3, requireNumber);
  requireNumbers(op, 'std', std, 3, requirePositive);
  requireList(op, 'classes', classes);
  classes.forEach((name, i) => {
    requireString(op, `classes[${i}]`, name);
  });
}
