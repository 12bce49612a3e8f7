import seedrandom from 'seedrandom';
import { beforeEach } from 'vitest';

/** `DS_TEST_SEED=7 npm test` runs every test with other random numbers. */
const seed = process.env.DS_TEST_SEED ?? '0';

// tfjs seeds its initializers and random tensors from `Math.random` unless they are given a seed.
// With these lines a test has the same numbers in every run, alone or after others.
Math.random = seedrandom(seed);

beforeEach(({ task }) => {
  Math.random = seedrandom(`${seed} ${task.fullTestName}`);
});
