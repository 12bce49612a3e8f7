/** The side of the networks' input, and the largest shift, in pixels. */
export const INPUT_SIDE = 32;
export const REACH = 1;

/** The side of a picture to classify: the input, and the pixels that shifts bring in. */
export const SEEN_SIDE = INPUT_SIDE + 2 * REACH;
