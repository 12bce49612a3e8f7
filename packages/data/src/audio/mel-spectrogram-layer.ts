import { ConfigError, LAYER_CHECKS, requireTensor } from '@ds/checks';
import { magnitude, rfft } from '@ds/fft';
import {
  add,
  log,
  matMul,
  maximum,
  mul,
  pad,
  reshape,
  scalar,
  serialization,
  slice,
  square,
  stack,
  type Tensor,
  type Tensor2D,
  tensor1d,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { melRows } from './mel-filterbank.js';
import { requireSpectrogram, Spectrogram, type SpectrogramOptions } from './spectrogram.js';

/** Options of {@link MelSpectrogram}: those of `Spectrogram`, and the layer's name. */
export type MelSpectrogramConfig = SpectrogramOptions & { name?: string };

/** The smallest float32 that GPUs do not flush to 0. The logarithm of 0 is infinite. */
const SMALLEST = 2 ** -126;

/**
 * `Spectrogram` as the first layer of a network: the model takes samples, and gradients reach
 * them.
 *
 * Shapes: `[batch, samples]`, float32 → `[batch, frames, bands, 1]`.
 *
 * @throws ConfigError if an option is out of its range, or if the layer is applied to sounds
 *   shorter than a frame.
 */
export class MelSpectrogram extends layers.Layer {
  /**
   * The class name by which tfjs loads a model.
   *
   * @nocollapse
   */
  static readonly className = 'ds>MelSpectrogram';

  private readonly given: SpectrogramOptions;
  private readonly plan: Spectrogram;

  constructor(config: MelSpectrogramConfig) {
    requireSpectrogram('MelSpectrogram', config, LAYER_CHECKS);
    const { name } = config;
    super({ ...(name !== undefined && { name }), trainable: false });
    // tfjs names a layer after its class. This removes the package from the name.
    this.name = name ?? this.name.replace('ds>_', '').replace('ds>', '');
    this.given = Object.fromEntries(
      Object.entries(config).filter(([option]) => !(option in LAYER_CHECKS)),
    ) as unknown as SpectrogramOptions;
    this.plan = new Spectrogram(this.given);
    const { compression, offset } = this.plan.options;
    if (compression !== 'none' && offset < SMALLEST) {
      throw new ConfigError(
        `MelSpectrogram: offset must be >= ${SMALLEST}, ` +
          `because float32 rounds smaller values to 0, got ${offset}`,
      );
    }
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const x = (Array.isArray(inputs) ? inputs[0]! : inputs) as Tensor2D;
    requireTensor('MelSpectrogram', 'x', x, { rank: 2, axes: '[batch, samples]' });
    const { frameLength, hopLength, fftLength, center, power } = this.plan.options;
    const [batch, samples] = x.shape;
    const count = this.plan.frames(samples);
    if (count === 0) {
      throw new ConfigError(
        `MelSpectrogram: samples must be at least a frame (${frameLength}), got ${samples}`,
      );
    }
    return tidy(() => {
      const side = center ? Math.floor(fftLength / 2) : 0;
      const sound = side === 0 ? x : pad(x, around(side));
      const frames = stack(
        Array.from({ length: count }, (_, m) =>
          slice(sound, [0, m * hopLength], [batch, frameLength]),
        ),
        1,
      );
      const windowed = pad(mul(frames, hann(frameLength)), [
        [0, 0],
        [0, 0],
        [0, fftLength - frameLength],
      ]);
      const spectrum = rfft(windowed);
      const powers =
        power === 1 ? magnitude(spectrum) : add(square(spectrum.real), square(spectrum.imag));
      const values = this.compressed(this.inBands(powers));
      return reshape(values, [batch, count, this.plan.bands, 1]);
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, samples] = inputShape as Shape;
    const frames = samples == null ? null : this.plan.frames(samples);
    return [batch!, frames, this.plan.bands, 1];
  }

  /**
   * Multiply-adds for one sound, for cost reports: 1.25·n·log₂ n for the transform of each frame of
   * length n, plus the product with the bands. Shapes have no batch axis.
   */
  multiplyAdds([frames, bands]: number[]): number {
    const { fftLength, bands: isBanded } = this.plan.options;
    const transform = 1.25 * fftLength * Math.log2(Math.max(fftLength, 2));
    const product = isBanded === null ? 0 : (Math.floor(fftLength / 2) + 1) * bands!;
    return Math.round(frames! * (transform + product));
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.given } as unknown as serialization.ConfigDict;
  }

  private inBands(powers: Tensor): Tensor {
    const { bands } = this.plan.options;
    if (bands === null) return powers;
    const bins = powers.shape.at(-1)!;
    const rows = melRows({ ...this.plan.options, bands });
    const filters = Float32Array.from({ length: bins * bands }, (_, i) => {
      return rows[i % bands]![Math.floor(i / bands)]!;
    });
    return matMul(
      reshape(powers, [powers.size / bins, bins]) as Tensor2D,
      tensor2d(filters, [bins, bands]),
    );
  }

  private compressed(x: Tensor): Tensor {
    const { compression, offset } = this.plan.options;
    switch (compression) {
      case 'log':
        return log(add(x, scalar(offset)));
      case 'decibel':
        return mul(log(maximum(x, scalar(offset))), scalar(10 / Math.LN10));
      case 'none':
        return x;
    }
  }
}

serialization.registerClass(MelSpectrogram, 'ds', 'MelSpectrogram');
const { classNameMap } = serialization.SerializationMap.getMap();
// Loads models saved before the class had a package.
classNameMap.DsMelSpectrogram = classNameMap[MelSpectrogram.className]!;

function around(side: number): [number, number][] {
  return [
    [0, 0],
    [side, side],
  ];
}

/** The periodic Hann window. */
function hann(length: number): Tensor {
  return tensor1d(
    Array.from({ length }, (_, t) => 0.5 - 0.5 * Math.cos((2 * Math.PI * t) / length)),
  );
}
