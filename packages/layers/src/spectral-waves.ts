import { type KeptBand, type KeptFrequency, leftMultiply } from '@ds/kernels';
import {
  mul,
  reshape,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tensor2d,
  zeros,
} from '@tensorflow/tfjs-core';
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
  const masked = (values ? mul(basis, values) : basis) as Tensor2D;
  // On wasm, `matMul` would first pack the image's waves, which takes longer than the product.
  const ofImage = reshape(analysis(band, waves), [1, waves.length, band.inputSize]) as Tensor3D;
  return reshape(leftMultiply(masked, ofImage), [band.outputSize, band.inputSize]);
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
  const turn = circle(size);
  const count = waves.length;
  const steps = Int32Array.from(waves, ({ frequency }) => frequency.target);
  const tables = Int32Array.from(waves, ({ isSine }) => (isSine === (part === 'real') ? size : 0));
  const scales = Float64Array.from(waves, ({ frequency, isSine }) => {
    const sign = isSine && part === 'imaginary' ? -1 : 1;
    return sign * factor(frequency);
  });
  // The place of each wave on the circle. Steps are below `size`.
  const places = new Int32Array(count);
  const values = new Float32Array(size * count);
  for (let i = 0, at = 0; i < size; i++) {
    for (let k = 0; k < count; k++, at++) {
      const place = places[k]!;
      values[at] = scales[k]! * turn[tables[k]! + place]!;
      const next = place + steps[k]!;
      places[k] = next < size ? next : next - size;
    }
  }
  return tensor2d(values, [size, count]);
}

/** The image's waves, φ = 2π·source·p/size. */
export function analysis({ inputSize: size }: KeptBand, waves: Wave[]): Tensor2D {
  const turn = circle(size);
  const values = new Float32Array(waves.length * size);
  let at = 0;
  for (const { frequency, isSine } of waves) {
    const table = isSine ? size : 0;
    for (let p = 0, place = 0; p < size; p++, at++) {
      values[at] = turn[table + place]!;
      place += frequency.source;
      if (place >= size) place -= size;
    }
  }
  return tensor2d(values, [waves.length, size]);
}

/** One turn of the unit circle in `size` steps: the cosines, then the sines. */
function circle(size: number): Float64Array {
  const turn = new Float64Array(2 * size);
  for (let i = 0; i < size; i++) {
    turn[i] = Math.cos((2 * Math.PI * i) / size);
    turn[size + i] = Math.sin((2 * Math.PI * i) / size);
  }
  return turn;
}
