import { ELEMENTWISE } from './elementwise.js';
import type { Op } from './op.js';
import { PRODUCTS_AND_LOSSES } from './products-and-losses.js';
import { REARRANGING } from './rearranging.js';
import { REDUCTIONS } from './reductions.js';
import { TRANSFORMS } from './transforms.js';

/** The ops of tfjs that models, layers, the conformance kit or the docs use. */
export const OPS: Op[] = [
  ...ELEMENTWISE,
  ...REDUCTIONS,
  ...REARRANGING,
  ...PRODUCTS_AND_LOSSES,
  ...TRANSFORMS,
];
