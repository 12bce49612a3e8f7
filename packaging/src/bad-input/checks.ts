import type { Table } from './trial.js';

/** Only functions call the checks, not users. `packages/checks` tests them. */
export const checks: Record<string, Table> = {
  '@ds/checks': {
    HOST_BACKENDS: [],
    LARGEST_PLANE: [],
    LARGEST_SIDE: [],
    LARGEST_SIZE: [],
    LAYER_CHECKS: [],
    describe: [],
    integerIn: [],
    nearest: [],
    numberIn: [],
    oneOf: [],
    refuse: [],
    requireArray: [],
    requireBoolean: [],
    requireFunction: [],
    requireInteger: [],
    requireList: [],
    requireModel: [],
    requireNumber: [],
    requireNumbers: [],
    requireObject: [],
    requireOptions: [],
    requirePositive: [],
    requireSize: [],
    requireString: [],
    requireTensor: [],
  },
};
