import { type BackendInfo, useBackend } from '@ds/backend';
import { withoutProcessHooks } from './process-hooks.js';

/** Chooses the backend of this process, as {@link useBackend} does, and keeps its errors' listeners out. */
export function useOwnBackend(name: Parameters<typeof useBackend>[0]): Promise<BackendInfo> {
  return withoutProcessHooks(() => useBackend(name));
}
