export { type BackendInfo, type BackendName, useBackend } from './use-backend.js';
