import { ConfigError, DataError, nearest, requireModel, requireOptions } from '@ds/checks';
import { layersOf } from '@ds/graph';
import { tensor, tidy, transpose } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { isConstant, nameInFile, requireSameBlurs } from './file-names.js';
import { type NamedWeight, namedWeights } from './named-weights.js';
import { readBytes, requireSource, type SafetensorsSource } from './read-bytes.js';
import { requireDigest, requireSha256 } from './require-digest.js';
import { requireNames } from './require-names.js';
import { parseSafetensors, type SafetensorsFile, valuesOf } from './safetensors-format.js';

/** Options of {@link loadSafetensors}. */
export interface LoadSafetensorsOptions {
  /**
   * Names of tensors to leave out, or beginnings of names: `['fc']` leaves the classifier as it is,
   * for fine-tuning to other classes. Default none.
   */
  except?: string[];
  /**
   * The SHA-256 of the file in hexadecimal digits. A file with another one is an error. A page that
   * is not secure cannot compute it, and loads any file.
   */
  sha256?: string;
}

/** What {@link loadSafetensors} did with each tensor of a file. */
export interface LoadedTensors {
  /** Tensors that are now weights of the model. */
  loaded: string[];
  /** Counters of batch norm, constant filters, and tensors in `except`. */
  ignored: string[];
  /** The texts in the header of the file. */
  metadata: Record<string, string>;
}

const OP = 'loadSafetensors';

/**
 * Loads the weights of a model from a safetensors file. A ResNet of this package takes files with
 * torchvision's names, and `resnet18` those of antialiased-cnns (Zhang 2019). Another model takes
 * the names `layer/weight` that `toSafetensors` writes.
 *
 * PyTorch's layouts are transposed: [out, in, height, width] → [height, width, in, out], and
 * [out, in] → [in, out]. The running mean and variance become the moving ones of batch norm, whose
 * ε is PyTorch's 1e-5. `num_batches_tracked` is ignored. Numbers may be float32, float16, bfloat16,
 * float64 or int64. They become float32.
 *
 * Every tensor must have its place. The model changes only if all do.
 *
 * PyTorch pads strided convolutions equally on all sides. So a model with strided convolutions
 * needs the option `padding: 'symmetric'` to load PyTorch's own files, whose metadata has the
 * format `pt`.
 *
 * @throws ConfigError if an argument is wrong, or the model pads otherwise than PyTorch.
 * @throws DataError if the file is damaged or cannot be read, if tensors are missing or unexpected
 *   (it lists all), if a shape differs (it names the tensor and both shapes), or if a number is not
 *   finite.
 */
export async function loadSafetensors(
  model: LayersModel,
  file: SafetensorsSource,
  options: LoadSafetensorsOptions = {},
): Promise<LoadedTensors> {
  requireModel(OP, 'model', model);
  requireSource(OP, 'file', file);
  requireOptions<LoadSafetensorsOptions>(OP, 'options', options, {
    except: requireNames,
    sha256: requireSha256,
  });
  const { except = [], sha256 } = options;
  const isLeftOut = (name: string) => except.some((one) => isPartOf(one, name));
  const bytes = await readBytes(OP, file);
  if (sha256 !== undefined) await requireDigest(OP, bytes, sha256);
  const parsed = parseSafetensors(OP, bytes);
  if (parsed.metadata.format === 'pt') requireSymmetric(model);
  const all = namedWeights(OP, model);
  const weights = all.flatMap((weight) => {
    const name = nameInFile(weight.name, parsed);
    return isLeftOut(weight.name) || isLeftOut(name) ? [] : [{ ...weight, name }];
  });
  const wanted = new Set(weights.map(({ name }) => name));
  const others = [...parsed.tensors.keys()].filter((name) => !wanted.has(name));
  const isIgnored = (name: string) => isConstant(name) || isLeftOut(name);
  requireLeftOut(except, [...parsed.tensors.keys(), ...all.map(({ name }) => name)]);
  requireAll(
    weights.filter(({ name }) => !parsed.tensors.has(name)),
    others.filter((name) => !isIgnored(name)),
    parsed,
  );
  requireShapes(weights, parsed);
  requireSameBlurs(OP, model, parsed);
  const values = weights.map(({ name }) => valuesOf(OP, parsed, name));
  weights.forEach(({ weight, axes, name }, at) => {
    // A constraint of tf.layers leaves a tensor behind, which `tidy` disposes of.
    tidy(() => {
      const stored = tensor(values[at]!, parsed.tensors.get(name)!.shape);
      weight.write(transpose(stored, inverseOf(axes)));
    });
  });
  return { loaded: [...wanted], ignored: others, metadata: parsed.metadata };
}

/** Whether a name of `except` means a tensor: it is its name, or the beginning of it. */
function isPartOf(given: string, name: string): boolean {
  return name === given || name.startsWith(`${given}.`) || name.startsWith(`${given}/`);
}

/** @throws ConfigError if a name of `except` means no tensor. */
function requireLeftOut(except: string[], names: string[]): void {
  const unknown = except.find((one) => !names.some((name) => isPartOf(one, name)));
  if (unknown === undefined) return;
  throw new ConfigError(
    `${OP}: except must name tensors of the file or weights of the model, got '${unknown}' ` +
      `(${nearest(unknown, names)}?)`,
  );
}

/** The permutation that undoes another. */
function inverseOf(axes: number[]): number[] {
  return axes.map((_, axis) => axes.indexOf(axis));
}

function requireAll(
  missing: NamedWeight[],
  unexpected: string[],
  { tensors }: SafetensorsFile,
): void {
  if (missing.length === 0 && unexpected.length === 0) return;
  const lacking = missing.map(({ name, weight, axes }) => `${name} [${fileShape(weight, axes)}]`);
  const extra = unexpected.map((name) => `${name} [${tensors.get(name)!.shape}]`);
  throw new DataError(
    `${OP}: file must have the tensors of the model, got ${[
      ...(lacking.length > 0 ? [`none of these: ${lacking.join(', ')}`] : []),
      ...(extra.length > 0 ? [`these too: ${extra.join(', ')}`] : []),
    ].join('; and ')}; make the model that the file is of, or name them in except`,
  );
}

function fileShape({ shape }: NamedWeight['weight'], axes: number[]): (number | null)[] {
  return axes.map((axis) => shape[axis]!);
}

function requireShapes(weights: NamedWeight[], { tensors }: SafetensorsFile): void {
  const wrong = weights.flatMap(({ name, weight, axes }) => {
    const want = `[${fileShape(weight, axes)}]`;
    const got = `[${tensors.get(name)!.shape}]`;
    return want === got ? [] : [{ name, want, got }];
  });
  if (wrong.length === 0) return;
  const { name, want, got } = wrong[0]!;
  const others = wrong.slice(1).map((one) => `${one.name} ${one.got} instead of ${one.want}`);
  throw new DataError(
    `${OP}: tensor ${name} must have shape ${want}, got ${got}` +
      `${others.length > 0 ? ` (also ${others.join(', ')})` : ''}; ` +
      'make a model of this width and number of classes, or name it in except',
  );
}

/** @throws ConfigError if a strided window of the model is padded as in TensorFlow. */
function requireSymmetric(model: LayersModel): void {
  for (const { layer, path } of layersOf(model, OP)) {
    const { padding, strides, kernelSize, poolSize } = layer.getConfig();
    const isOneOf = (value: unknown) => [value].flat().every((one) => one === 1);
    const isStock = ['Conv2D', 'MaxPooling2D'].includes(layer.getClassName());
    if (!isStock || padding !== 'same' || isOneOf(strides)) continue;
    if (isOneOf(kernelSize ?? poolSize)) continue;
    throw new ConfigError(
      `${OP}: model must pad strided windows as PyTorch, got 'same' padding in ${path}; ` +
        "make it with padding: 'symmetric'",
    );
  }
}
