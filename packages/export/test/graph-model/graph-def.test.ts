import { expect, it } from 'vitest';
import { GraphDef } from '../../src/graph-model/graph-def.js';

it('makes one node for a constant in each of its shapes', () => {
  const graph = new GraphDef(false);
  const matrix = { name: 'm', shape: [2, 3], values: new Float32Array(6) };
  const plain = graph.constant(matrix);
  const batched = graph.constant(matrix, [1, 2, 3]);
  expect(batched).not.toBe(plain);
  expect([graph.constant(matrix), graph.constant(matrix, [1, 2, 3])]).toEqual([plain, batched]);
});
