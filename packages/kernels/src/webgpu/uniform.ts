import type { ProgramUniform } from './webgpu-backend.js';

/** A uniform of one integer, or a vector of some. */
export const integers = (...data: number[]): ProgramUniform => ({ type: 'int32', data });

/** A uniform of one number, or a vector of some. */
export const floats = (...data: number[]): ProgramUniform => ({ type: 'float32', data });
