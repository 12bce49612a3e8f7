export { ReplicaGroup } from '../replica-group.js';
export { type ReplicaContext, replica } from './replica.js';
export { type ReplicasOptions, runReplicas } from './run-replicas.js';
