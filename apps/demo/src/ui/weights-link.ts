import { WorkerLink } from './worker-link.js';

/** The worker of the panels with trained networks. They share it, and so its copy of tfjs. */
export const weightsLink = new WorkerLink(({ hear }) => hear.start('wasm'));

/**
 * Waits until the worker has the networks that it loads.
 *
 * @throws Error for the reader if it has not. The console has the reason.
 */
export async function networksReady(
  load: Parameters<typeof weightsLink.call<void>>[0],
): Promise<void> {
  try {
    await weightsLink.call(load);
  } catch (reason) {
    console.error(reason);
    throw new Error(
      'The trained networks could not be loaded. Connect to the network and try again.',
    );
  }
}
