import { type Check, refuse } from '@ds/checks';
import { ReplicaGroup } from './replica-group.js';

/** @throws ConfigError if a value is not a group of replicas. */
export const requireReplicas: Check = (fn, name, value) => {
  if (!(value instanceof ReplicaGroup)) refuse(fn, name, 'be a ReplicaGroup', value);
};
