import { codelet } from './codelets.js';
import { type FloatArray, RealKernel } from './real-kernel.js';

/** The DFT of real signals whose length has a codelet. */
export class RealSmall extends RealKernel {
  forward(real: FloatArray, imag: FloatArray, at: number): void {
    codelet(this.length, this.signal, real, imag, at);
  }
}
