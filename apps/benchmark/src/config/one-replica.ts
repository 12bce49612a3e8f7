import type { RunFile } from './config-file.js';
import { isMultiLabel } from './multi-label.js';

/**
 * Whether a run has one replica unless its file says otherwise. Replicas see parts of the scores,
 * and mAP needs all of them. A GPU is one device, so several replicas have no benefit.
 */
export function isOfOneReplica(file: Pick<RunFile, 'backend' | 'sounds'>): boolean {
  return isMultiLabel(file) || file.backend === 'webgpu';
}
