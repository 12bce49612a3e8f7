export { appendWhole } from './append-whole.js';
export {
  type CheckpointFolder,
  type CheckpointFolderOptions,
  checkpointFolder,
} from './checkpoint-folder.js';
export { makeFolder } from './make-folder.js';
export { removeTemporaries, type WriteOptions, writeFileWhole } from './write-file-whole.js';
