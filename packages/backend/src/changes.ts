export type { TfjsChange } from './tfjs-change.js';
export { tfjsChanges } from './tfjs-changes.js';
