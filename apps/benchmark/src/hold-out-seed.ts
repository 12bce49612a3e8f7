/** The seed that draws held-out training examples. Runs of all seeds share them. */
export const HOLD_OUT_SEED = 0;
