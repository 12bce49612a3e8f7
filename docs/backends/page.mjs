import '@tensorflow/tfjs-backend-webgl';
import '@tensorflow/tfjs-backend-webgpu';
import { CASES } from './cases.mjs';
import { measureBackend } from './measure.mjs';

globalThis.caseCount = CASES.length;
globalThis.measureCase = async (backend, i) => (await measureBackend(backend, [CASES[i]]))[0];
