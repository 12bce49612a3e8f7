import type { Table } from './trial.js';

/** Functions call the checks, users do not. `packages/checks` tests what they refuse. */
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
