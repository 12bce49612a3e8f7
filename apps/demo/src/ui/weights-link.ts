import { WorkerLink } from './worker-link.js';

/** The worker of the panels with trained networks. They share it, and so its copy of tfjs. */
export const weightsLink = new WorkerLink();

let started: Promise<unknown> | null = null;

/** Starts the worker's backend once. After a failure, the next call tries again. */
export function startWeights(): Promise<unknown> {
  started ??= weightsLink
    .call(({ hear }) => hear.start('wasm'))
    .catch((error) => {
      started = null;
      throw error;
    });
  return started;
}
