import { useBackend } from '../src/index.js';
import { describeKernels } from './kernel-cases.js';

describeKernels(useBackend);
