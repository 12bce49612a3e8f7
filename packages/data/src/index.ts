export { decodeSound } from './audio/decode-sound.js';
export type { SoundListing } from './audio/list-sounds.js';
export { type Esc50Options, openEsc50 } from './audio/open-esc50.js';
export { type NsynthOptions, openNsynth } from './audio/open-nsynth.js';
export { openSoundFolder, type SoundFolderOptions } from './audio/open-sound-folder.js';
export { openSoundPattern, type SoundPatternOptions } from './audio/open-sound-pattern.js';
export { openSoundTable, type SoundTableOptions } from './audio/open-sound-table.js';
export { openSpeechCommands, type SpeechCommandsOptions } from './audio/open-speech-commands.js';
export {
  type SoundBatch,
  type SoundBatchOptions,
  type SoundCache,
  soundBatches,
  soundStatistics,
} from './audio/sound-batches.js';
export type { SoundClip, SoundDataset, SoundTask } from './audio/sound-dataset.js';
export { soundFiles } from './audio/sound-files.js';
export { soundPieces } from './audio/sound-pieces.js';
export { subsetOfSounds } from './audio/subset-of-sounds.js';
export { type SoundPieces, wavPieces } from './audio/wav-pieces.js';
export type { Augmentation } from './augmentation.js';
export { type BatchOptions, batches, type ImageBatch } from './batches.js';
export { CIFAR10 } from './cifar10.js';
export type { FoundFiles } from './found-files.js';
export { type HeldOut, holdOut, holdOutFiles, holdOutSounds } from './hold-out.js';
export { imageFiles } from './image-files.js';
export {
  type ImageFileSet,
  type ImageFolderDataset,
  type ImageFolderOptions,
  openImageFolder,
  subsetOfFiles,
} from './image-folder.js';
export {
  type ImageFolderBatches,
  type ImageFolderBatchOptions,
  imageFolderBatches,
} from './image-folder-batches.js';
export type { ImageInput } from './image-input.js';
export {
  type ImageDataset,
  type ImageSet,
  type KeepImages,
  type KeptImages,
  subset,
  subsetIndices,
} from './image-set.js';
export {
  type Cifar10Options,
  type FetchCifar10Options,
  fetchCifar10,
  loadCifar10,
} from './load-cifar10.js';
export { type Cifar100Options, loadCifar100 } from './load-cifar100.js';
export { loadFashionMnist, loadMnist, type MnistOptions } from './load-mnist.js';
export { type PreparedImage, prepareImageFile } from './prepare-image-file.js';
export { permutation, type RandomStream, randomStream } from './random.js';
export { EVALUATION_CROP } from './random-resized-crop.js';
