/// <reference types="vite/client" />

import third from './examples/a-mask.js?raw';
import first from './examples/a-picture.js?raw';
import second from './examples/strides-that-learn.js?raw';

/** A program of the menu. */
export interface Example {
  /** The name in the menu. */
  title: string;
  program: string;
}

/** The programs of the menu. The page opens with the first. */
export const EXAMPLES: Example[] = [
  { title: 'Pool a picture', program: first },
  { title: 'Strides that learn', program: second },
  { title: 'The mask of DiffStride', program: third },
];
