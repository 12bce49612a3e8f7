import { expect, it } from 'vitest';
import { runId } from '../../src/config/run-config.js';
import { dataHashes, drawOf } from '../../src/stored-runs/same-data.js';
import { runResult } from '../run-result.js';

const of = (pooling: string, seed: number, dataHash?: string) => ({
  ...runResult(pooling, seed, 0.5),
  dataHash,
});

it('runs of a seed must have the same data, whatever their pooling', () => {
  const runs = [of('conv', 1, 'a'), of('max', 1, 'a'), of('conv', 2, 'b'), of('max', 2)];
  const hashes = dataHashes('report', runs);
  expect([...hashes.values()]).toEqual(['a', 'b']);
  expect(hashes.get(drawOf(runs[3]!.config))).toBe('b');
  const other = of('blur', 2, 'c');
  expect(() => dataHashes('report', [...runs, other])).toThrow(
    `report: the runs must have the same data, got data b (${runId(runs[2]!.config)}) ` +
      `and c (${runId(other.config)})`,
  );
});
