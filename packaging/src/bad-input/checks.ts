import type { Table } from './trial.js';

/** The checks themselves are called by functions, not by users: `packages/checks` tests what they refuse. */
export const checks: Record<string, Table> = {
  '@ds/checks': {
    LARGEST_SIZE: [],
    LAYER_CHECKS: [],
    describe: [],
    integerIn: [],
    numberIn: [],
    oneOf: [],
    refuse: [],
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
