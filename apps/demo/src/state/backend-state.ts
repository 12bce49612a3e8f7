import { signal } from '@preact/signals';
import type { BackendNote } from '../ui/worker-link.js';
import type { PageBackend } from '../workers/page-backends.js';

/** The backend chosen on the page, and the backend in use. */
export const wantedBackend = signal<PageBackend>('wasm');
export const backendInUse = signal<BackendNote | null>(null);
