import type { ProgramUniform } from './webgpu-backend.js';

/** Makes a uniform of one integer or of a vector of integers. */
export const integers = (...data: number[]): ProgramUniform => ({ type: 'int32', data });

/** Makes a uniform of one float or of a vector of floats. */
export const floats = (...data: number[]): ProgramUniform => ({ type: 'float32', data });
