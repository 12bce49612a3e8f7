import { expose } from 'comlink';
import { betweenApi } from './between-api.js';
import { compareApi } from './compare-api.js';
import { deviceApi } from './device-api.js';
import { hearApi } from './hear-api.js';
import { leadApi } from './lead-api.js';
import { learnApi } from './learn-api.js';
import { poolApi } from './pool-api.js';
import { seeApi } from './see-api.js';
import { shiftApi } from './shift-api.js';
import { sizesApi } from './sizes-api.js';

// One file for all workers: the browser loads and caches tfjs once. Each worker has its own engine.
const apis = {
  between: betweenApi,
  sizes: sizesApi,
  lead: leadApi,
  pool: poolApi,
  compare: compareApi,
  learn: learnApi,
  shift: shiftApi,
  hear: hearApi,
  see: seeApi,
  device: deviceApi,
};

export type ComputeWorker = typeof apis;
expose(apis);
