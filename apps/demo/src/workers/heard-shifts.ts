/** Shifts of a sound in ms: later than it was said, or, if negative, earlier. */
export const SHIFTS = [-60, -40, -20, 0, 20, 40, 60];

/** The networks' window in seconds. */
const WINDOW = 1;

/** Length of a recording: the window, and the sound that shifts bring in. */
export const SECONDS = WINDOW + (2 * Math.max(...SHIFTS)) / 1000;
