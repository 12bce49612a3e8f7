import {
  dct,
  dct2d,
  fftshift,
  idct,
  idct2d,
  ifftshift,
  irfft,
  irfft2d,
  irfftn,
  magnitude,
  rfft,
  rfft2d,
  rfftn,
} from '@ds/fft';
import * as plan from '@ds/fft/plan';
import { loadSimd, SimdComplexFft, SimdRealFft, SimdRealFft2d } from '@ds/fft/simd';
import * as tf from '@tensorflow/tfjs';
import {
  except,
  integer,
  type Kind,
  list,
  listOf,
  number,
  oneOf,
  optional,
  options,
  pair,
  size,
  tensor,
} from './kinds.js';
import type { Call, Table } from './trial.js';

const norm = oneOf('backward', 'ortho', 'forward');
const anyRank = except(tensor(), 'one axis more', 'one axis fewer');
const spectrum = options({ real: anyRank, imag: anyRank }, { required: ['real', 'imag'] });
const parts = (shape: number[]) => ({ real: tf.ones(shape), imag: tf.ones(shape) });

const transforms = (as: string, call: Call['call'], rank: number): Call[] => [
  {
    as,
    call,
    good: () => [tf.ones([3, 4].slice(-rank)), { norm: 'ortho' }],
    args: { x: except(tensor(), 'one axis more'), options: options({ norm }) },
  },
];

const inverses = (as: string, call: Call['call'], length: Record<string, Kind>): Call[] => [
  {
    as,
    call,
    good: () => [parts([3, 4]), {}],
    args: { spectrum, options: options({ ...length, norm }) },
  },
];

const shifts = (as: string, call: Call['call']): Call[] => [
  {
    as,
    call,
    good: () => [tf.ones([2, 3]), 0],
    args: {
      x: tensor({ isOfAnyRank: true, isOfAnyType: true }),
      axes: optional(except(integer(-2, 1), 'an empty list')),
    },
  },
];

const typed: Kind = [
  ...except(list(), 'one too few', 'one too many'),
  { what: 'a plain list', make: () => [1, 2] },
];
const arrays = (length: number) => ({
  real: new Float64Array(length).fill(1),
  imag: new Float64Array(length).fill(1),
});
const spectra = (name: string): Kind =>
  options({ real: list(), imag: list() }, { required: ['real', 'imag'], isStrict: false }).map(
    (bad) => ({ ...bad, names: [name] }),
  );
const layout = options(
  { count: size(), stride: size(), distance: size(), offset: integer(0) },
  { required: ['count'] },
);

const frequencies = (as: string, call: Call['call']): Call[] => [
  {
    as,
    call,
    good: () => [5, 1],
    args: { length: size(), spacing: optional(number(0, undefined, true)) },
  },
];

const wasm: Kind = [
  { what: 'a number', make: () => 3 },
  { what: 'an empty string', make: () => '' },
  { what: 'a list', make: () => [0, 1] },
];
const precision = options({ precision: oneOf('float64', 'float32') });

await loadSimd();

/** The calls of `@ds/fft`. */
export const fft: Record<string, Table> = {
  '@ds/fft': {
    rfft: transforms('rfft', rfft, 1),
    rfft2d: transforms('rfft2d', rfft2d, 2),
    dct: transforms('dct', dct, 1),
    idct: transforms('idct', idct, 1),
    dct2d: transforms('dct2d', dct2d, 2),
    idct2d: transforms('idct2d', idct2d, 2),
    irfft: inverses('irfft', irfft, { length: size() }),
    irfft2d: inverses('irfft2d', irfft2d, { outputSize: pair(size()) }),
    rfftn: [
      {
        as: 'rfftn',
        call: rfftn,
        good: () => [tf.ones([2, 3, 4]), { axes: 3, norm: 'ortho' }],
        args: {
          x: except(tensor(), 'one axis more'),
          options: options({ axes: integer(1, 3), norm }),
        },
      },
    ],
    irfftn: [
      {
        as: 'irfftn',
        call: irfftn,
        good: () => [parts([2, 3, 4]), { axes: 3, outputSize: [2, 3, 6] }],
        args: {
          spectrum,
          options: options({
            axes: integer(1, 3),
            outputSize: listOf(size(), { isOfOneLength: true }),
            norm,
          }),
        },
      },
    ],
    fftshift: shifts('fftshift', fftshift),
    ifftshift: shifts('ifftshift', ifftshift),
    magnitude: [
      {
        as: 'magnitude',
        call: magnitude,
        good: () => [parts([3, 4])],
        args: {
          spectrum: options(
            { real: anyRank, imag: anyRank },
            { required: ['real', 'imag'], isStrict: false },
          ),
        },
      },
    ],
  },
  '@ds/fft/plan': {
    MAX_PLANS: [],
    clearPlans: [],
    isSmooth: [
      { as: 'isSmooth', call: plan.isSmooth, good: () => [12], args: { length: integer(1) } },
    ],
    fftFrequencies: frequencies('fftFrequencies', plan.fftFrequencies),
    rfftFrequencies: frequencies('rfftFrequencies', plan.rfftFrequencies),
    fftshift: [
      {
        as: 'fftshift',
        call: plan.fftshift,
        good: () => [new Float32Array(3)],
        args: { x: typed },
      },
    ],
    ifftshift: [
      {
        as: 'ifftshift',
        call: plan.ifftshift,
        good: () => [new Float32Array(3)],
        args: { x: typed },
      },
    ],
    realFft: [{ as: 'realFft', call: plan.realFft, good: () => [6], args: { length: size() } }],
    realFft2d: [
      {
        as: 'realFft2d',
        call: plan.realFft2d,
        good: () => [6, 5],
        args: { height: size(), width: size() },
      },
    ],
    Dct: [
      {
        as: 'Dct',
        call: (n: number) => new plan.Dct(n),
        good: () => [6],
        args: { length: size() },
      },
      {
        as: 'Dct.forward',
        call: (x: Float64Array, out: undefined) => new plan.Dct(6).forward(x, out),
        good: () => [new Float64Array(6), new Float64Array(6)],
        args: { x: list(), out: optional(list()) },
      },
      {
        as: 'Dct.inverse',
        call: (x: Float64Array, out: undefined) => new plan.Dct(6).inverse(x, out),
        good: () => [new Float64Array(6), new Float64Array(6)],
        args: { coefficients: list(), out: optional(list()) },
      },
    ],
    RealFft: [
      {
        as: 'RealFft',
        call: (n: number) => new plan.RealFft(n),
        good: () => [6],
        args: { length: size() },
      },
      {
        as: 'RealFft.forward',
        call: (x: Float64Array, out: undefined) => new plan.RealFft(6).forward(x, out),
        good: () => [new Float64Array(6), arrays(4)],
        args: { x: list(), out: optional(spectra('out')) },
      },
      {
        as: 'RealFft.inverse',
        call: (x: plan.SpectrumLike, out: undefined) => new plan.RealFft(6).inverse(x, out),
        good: () => [arrays(4), new Float64Array(6)],
        args: { spectrum: spectra('spectrum'), out: optional(list()) },
      },
      {
        as: 'RealFft.forwardRows',
        call: (x: Float64Array, rows: plan.RowLayout, out: undefined) =>
          new plan.RealFft(6).forwardRows(x, rows, out),
        good: () => [new Float64Array(12), { count: 2 }, arrays(8)],
        args: { x: except(list(), 'one too many'), layout, out: optional(spectra('out')) },
      },
      {
        as: 'RealFft.inverseRows',
        call: (x: plan.SpectrumLike, rows: plan.RowLayout, out: Float64Array) =>
          new plan.RealFft(6).inverseRows(x, rows, out),
        good: () => [arrays(8), { count: 2 }, new Float64Array(12)],
        args: { spectra: spectra('spectra'), layout, out: except(list(), 'one too many') },
      },
    ],
    RealFft2d: [
      {
        as: 'RealFft2d',
        call: (h: number, w: number) => new plan.RealFft2d(h, w),
        good: () => [6, 5],
        args: {
          height: size(),
          width: [...size(), { what: 'too wide for its height', make: () => 2 ** 24 }],
        },
      },
      {
        as: 'RealFft2d.forward',
        call: (x: Float64Array, out: undefined, factor: number) =>
          new plan.RealFft2d(2, 6).forward(x, out, factor),
        good: () => [new Float64Array(24), arrays(16), 0.5],
        args: { x: list(), out: optional(spectra('out')), factor: optional(number()) },
      },
      {
        as: 'RealFft2d.inverse',
        call: (x: plan.SpectrumLike, out: undefined, factor: number) =>
          new plan.RealFft2d(2, 6).inverse(x, out, factor),
        good: () => [arrays(16), new Float64Array(24), 0.5],
        args: {
          spectrum: spectra('spectrum'),
          out: optional(list()),
          factor: optional(number()),
        },
      },
    ],
  },
  '@ds/fft/simd': {
    loadSimd: [
      {
        as: 'loadSimd',
        call: loadSimd,
        good: () => [{}],
        args: { options: options({ module: wasm }) },
      },
    ],
    SimdRealFft: [
      {
        as: 'SimdRealFft',
        call: (n: number, given: object) => new SimdRealFft(n, given),
        good: () => [6, { precision: 'float32' }],
        args: { length: size(), options: precision },
      },
      {
        as: 'SimdRealFft.forward',
        call: (x: Float64Array, out: undefined) => new SimdRealFft(6).forward(x, out),
        good: () => [new Float64Array(6), arrays(4)],
        args: { x: list(), out: optional(spectra('out')) },
      },
      {
        as: 'SimdRealFft.inverse',
        call: (x: plan.SpectrumLike, out: undefined) => new SimdRealFft(6).inverse(x, out),
        good: () => [arrays(4), new Float64Array(6)],
        args: { spectrum: spectra('spectrum'), out: optional(list()) },
      },
      {
        as: 'SimdRealFft.forwardRows',
        call: (x: Float64Array, rows: plan.RowLayout, out: undefined) =>
          new SimdRealFft(6).forwardRows(x, rows, out),
        good: () => [new Float64Array(12), { count: 2 }, arrays(8)],
        args: { x: except(list(), 'one too many'), layout, out: optional(spectra('out')) },
      },
      {
        as: 'SimdRealFft.inverseRows',
        call: (x: plan.SpectrumLike, rows: plan.RowLayout, out: Float64Array) =>
          new SimdRealFft(6).inverseRows(x, rows, out),
        good: () => [arrays(8), { count: 2 }, new Float64Array(12)],
        args: { spectra: spectra('spectra'), layout, out: except(list(), 'one too many') },
      },
    ],
    SimdRealFft2d: [
      {
        as: 'SimdRealFft2d',
        call: (h: number, w: number, given: object) => new SimdRealFft2d(h, w, given),
        good: () => [6, 5, { precision: 'float32' }],
        args: {
          height: size(),
          width: [...size(), { what: 'too wide for its height', make: () => 2 ** 24 }],
          options: precision,
        },
      },
      {
        as: 'SimdRealFft2d.forward',
        call: (x: Float64Array, out: undefined, factor: number) =>
          new SimdRealFft2d(2, 6).forward(x, out, factor),
        good: () => [new Float64Array(24), arrays(16), 0.5],
        args: { x: list(), out: optional(spectra('out')), factor: optional(number()) },
      },
      {
        as: 'SimdRealFft2d.inverse',
        call: (x: plan.SpectrumLike, out: undefined, factor: number) =>
          new SimdRealFft2d(2, 6).inverse(x, out, factor),
        good: () => [arrays(16), new Float64Array(24), 0.5],
        args: {
          spectrum: spectra('spectrum'),
          out: optional(list()),
          factor: optional(number()),
        },
      },
    ],
    SimdComplexFft: [
      {
        as: 'SimdComplexFft',
        call: (n: number, given: object) => new SimdComplexFft(n, given),
        good: () => [6, { precision: 'float32' }],
        args: { length: size(), options: precision },
      },
      {
        as: 'SimdComplexFft.forward',
        call: (x: plan.SpectrumLike, out: undefined) => new SimdComplexFft(4).forward(x, out),
        good: () => [arrays(4), arrays(4)],
        args: { x: spectra('x'), out: optional(spectra('out')) },
      },
      {
        as: 'SimdComplexFft.inverse',
        call: (x: plan.SpectrumLike, out: undefined) => new SimdComplexFft(4).inverse(x, out),
        good: () => [arrays(4), arrays(4)],
        args: { spectrum: spectra('spectrum'), out: optional(spectra('out')) },
      },
    ],
  },
};
