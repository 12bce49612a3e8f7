import type { KeptBand, KeptFrequency } from '@ds/kernels';
import { matMul, mul, type Tensor1D, type Tensor2D, tensor2d, zeros } from '@tensorflow/tfjs-core';
import type { Norm } from './norm.js';

/**
 * A matrix of one axis: synthesis [size, waves] · diag(mask) · analysis [waves, input size]. With
 * the factor of {@link hermitianFactor} it is `P_w[c,q] = β Σ_l g_l m_l cos(θ_lc − φ_lq)`, or the
 * same with sines for the imaginary part.
 */
export function product(
  band: KeptBand,
  waves: Wave[],
  factor: (frequency: KeptFrequency) => number,
  part: 'real' | 'imaginary',
  values: Tensor1D | null = null,
): Tensor2D {
  if (waves.length === 0) return zeros([band.outputSize, band.inputSize]);
  const basis = synthesis(band, waves, factor, part);
  return matMul((values ? mul(basis, values) : basis) as Tensor2D, analysis(band, waves));
}

/** The product of the forward and the inverse factor along one axis. */
export function axisFactor(
  { inputSize, outputSize }: Pick<KeptBand, 'inputSize' | 'outputSize'>,
  norm: Norm,
): number {
  switch (norm) {
    case 'backward':
      return 1 / outputSize;
    case 'ortho':
      return 1 / Math.sqrt(inputSize * outputSize);
    case 'forward':
      return 1 / inputSize;
  }
}

/** β·g_l: a half-spectrum bin also represents its mirror image, unless it is its own. */
export function hermitianFactor(band: KeptBand, norm: Norm): (frequency: KeptFrequency) => number {
  const factor = axisFactor(band, norm);
  return ({ target }) => (target === 0 || 2 * target === band.outputSize ? factor : 2 * factor);
}

/** One term of a frequency: the image's cosine or sine, times a wave of the output. */
export interface Wave {
  frequency: KeptFrequency;
  isSine: boolean;
}

/**
 * The terms of cos(θ − φ) = cos θ cos φ + sin θ sin φ, or of the imaginary part sin(θ − φ) =
 * sin θ cos φ − cos θ sin φ. The image's cosines come first. Terms with a sine that is 0 at every
 * pixel are left out.
 */
export function wavesOf(
  { inputSize, outputSize }: KeptBand,
  frequencies: KeptFrequency[],
  part: 'real' | 'imaginary',
): Wave[] {
  const cosines = frequencies.filter(
    ({ target }) => part === 'real' || (2 * target) % outputSize !== 0,
  );
  const sines = frequencies.filter(({ source }) => (2 * source) % inputSize !== 0);
  return [
    ...cosines.map((frequency) => ({ frequency, isSine: false })),
    ...sines.map((frequency) => ({ frequency, isSine: true })),
  ];
}

/** The output's waves, θ = 2π·target·i/size, times each frequency's factor. */
export function synthesis(
  { outputSize: size }: KeptBand,
  waves: Wave[],
  factor: (frequency: KeptFrequency) => number,
  part: 'real' | 'imaginary',
): Tensor2D {
  const { cos, sin } = circle(size);
  const values = new Float32Array(size * waves.length);
  waves.forEach(({ frequency, isSine }, k) => {
    const wave = isSine === (part === 'real') ? sin : cos;
    const scale = (isSine && part === 'imaginary' ? -1 : 1) * factor(frequency);
    for (let i = 0; i < size; i++) {
      values[i * waves.length + k] = scale * wave[(frequency.target * i) % size]!;
    }
  });
  return tensor2d(values, [size, waves.length]);
}

/** The image's waves, φ = 2π·source·p/size. */
export function analysis({ inputSize: size }: KeptBand, waves: Wave[]): Tensor2D {
  const { cos, sin } = circle(size);
  const values = new Float32Array(waves.length * size);
  waves.forEach(({ frequency, isSine }, k) => {
    const wave = isSine ? sin : cos;
    for (let p = 0; p < size; p++) values[k * size + p] = wave[(frequency.source * p) % size]!;
  });
  return tensor2d(values, [waves.length, size]);
}

/** One turn of the unit circle in `size` steps. */
function circle(size: number): { cos: Float64Array; sin: Float64Array } {
  const cos = new Float64Array(size);
  const sin = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    cos[i] = Math.cos((2 * Math.PI * i) / size);
    sin[i] = Math.sin((2 * Math.PI * i) / size);
  }
  return { cos, sin };
}
