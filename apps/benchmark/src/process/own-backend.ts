import { type BackendInfo, useBackend } from '@ds/backend';
import { withoutProcessHooks } from './process-hooks.js';

/** Calls {@link useBackend} and removes the process-wide error listeners that it adds. */
export function useOwnBackend(name: Parameters<typeof useBackend>[0]): Promise<BackendInfo> {
  return withoutProcessHooks(() => useBackend(name));
}
