export {
  type CheckpointFolder,
  type CheckpointFolderOptions,
  checkpointFolder,
} from './checkpoint-folder.js';
