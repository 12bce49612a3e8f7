import { type RunConfig, runId } from '../config/run-config.js';
import type { RunResult } from '../run/run-result.js';

/** What decides which examples a run draws. Runs with the same draw must have the same data. */
export function drawOf(config: RunConfig): string {
  const { dataset, sounds, trainImages, testImages, validationImages, seed } = config;
  return JSON.stringify([dataset, sounds, trainImages, testImages, validationImages, seed]);
}

/**
 * The hash of the data of finished runs, by their draw. Runs of earlier versions have no hash.
 *
 * @throws Error that names two runs with the same draw and other data.
 */
export function dataHashes(op: string, results: RunResult[]): Map<string, string> {
  const known = new Map<string, RunResult>();
  for (const result of results) {
    if (result.dataHash === undefined) continue;
    const draw = drawOf(result.config);
    const first = known.get(draw) ?? result;
    known.set(draw, first);
    if (first.dataHash === result.dataHash) continue;
    throw new Error(
      `${op}: the runs must have the same data, got data ${first.dataHash} ` +
        `(${runId(first.config)}) and ${result.dataHash} (${runId(result.config)})`,
    );
  }
  return new Map([...known].map(([draw, { dataHash }]) => [draw, dataHash!]));
}
