/** The datasets that have a loader. */
export const DATASETS = [
  'cifar10',
  'cifar100',
  'mnist',
  'fashion-mnist',
  'imagefolder',
  'sounds',
] as const;
export type DatasetName = (typeof DATASETS)[number];

/** The layouts of a folder of sounds. */
export const SOUND_LAYOUTS = [
  'speech-commands',
  'nsynth',
  'esc50',
  'folder',
  'table',
  'pattern',
] as const;
