declare module 'fft.js' {
  export default class FFT {
    constructor(size: number);
    createComplexArray(): number[];
    realTransform(out: number[], data: number[]): void;
  }
}
declare module 'ml-fft' {
  const packageOf: {
    FFT: { init(size: number): void; fft(re: number[], im: number[]): void };
  };
  export default packageOf;
}
declare module 'kissfft-js' {
  const packageOf: {
    FFTR: new (size: number) => { forward(x: Float32Array): Float32Array; dispose(): void };
  };
  export default packageOf;
}
declare module '@echogarden/pffft-wasm/simd' {
  interface Pffft {
    HEAPF32: Float32Array;
    _pffft_new_setup(size: number, transform: number): number;
    _pffft_aligned_malloc(bytes: number): number;
    _pffft_transform_ordered(
      plan: number,
      x: number,
      y: number,
      work: number,
      direction: number,
    ): void;
  }
  export default function load(): Promise<Pffft>;
}
