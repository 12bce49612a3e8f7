import { expect, it } from 'vitest';
import { runCliHere } from '../command-line-here.js';

it('refuses to search with the pooling that learns its strides', async () => {
  const { code, output } = await runCliHere(['search', '--candidate', 'diffstride']);
  expect(code).toBe(1);
  expect(output).toContain(
    "search: --candidate must be another pooling than --learner, got 'diffstride' for both",
  );
});
