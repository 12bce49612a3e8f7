/**
 * Number of training examples for the statistics of a rounded network. It is in a file of its own,
 * since help prints it and loads no network.
 */
export const STATISTICS_IMAGES = 2_000;
