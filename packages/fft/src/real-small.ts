import { codelet } from './codelets.js';
import { type FloatArray, RealKernel } from './real-kernel.js';

/** Real signals of the few samples that have a codelet. */
export class RealSmall extends RealKernel {
  forward(real: FloatArray, imag: FloatArray, at: number): void {
    codelet(this.length, this.signal, real, imag, at);
  }
}
