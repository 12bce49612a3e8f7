import { LAYER_CHECKS } from '@ds/checks';
import { expandDims, serialization, type Tensor, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { requireSpectrogram, Spectrogram, type SpectrogramOptions } from './spectrogram.js';
import { requireFloatOffset, spectrogramOf } from './spectrogram-op.js';

export { spectrogram } from './spectrogram-op.js';

/**
 * Options of {@link MelSpectrogram}: those of `Spectrogram`, the layer's name, and what a first
 * layer needs, such as `inputShape: [samples]`.
 */
export type MelSpectrogramConfig = SpectrogramOptions &
  Pick<LayerArgs, 'name' | 'inputShape' | 'batchInputShape' | 'batchSize' | 'dtype'>;

type LayerArgs = NonNullable<ConstructorParameters<typeof layers.Layer>[0]>;

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
    super({ ...argumentsOf(config), trainable: false });
    // tfjs names a layer after its class. This removes the package from the name.
    this.name = name ?? this.name.replace('ds>_', '').replace('ds>', '');
    this.given = Object.fromEntries(
      Object.entries(config).filter(([option]) => !(option in LAYER_CHECKS)),
    ) as unknown as SpectrogramOptions;
    this.plan = new Spectrogram(this.given);
    requireFloatOffset('MelSpectrogram', this.plan);
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const x = (Array.isArray(inputs) ? inputs[0]! : inputs) as Tensor2D;
    return tidy(() => expandDims(spectrogramOf('MelSpectrogram', x, this.plan), 3));
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
}

/** The options that are not of the spectrogram but of every layer of tfjs. */
function argumentsOf(config: MelSpectrogramConfig): LayerArgs {
  return Object.fromEntries(
    Object.entries(config).filter(
      ([option, value]) => option in LAYER_CHECKS && value !== undefined,
    ),
  );
}

serialization.registerClass(MelSpectrogram, 'ds', 'MelSpectrogram');
const { classNameMap } = serialization.SerializationMap.getMap();
// Loads models saved before the class had a package.
classNameMap.DsMelSpectrogram = classNameMap[MelSpectrogram.className]!;
