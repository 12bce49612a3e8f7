/** Steps between checkpoints, by default. */
export const CHECKPOINT_STEPS = 100;
