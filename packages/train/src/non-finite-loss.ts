import { requireObject } from '@ds/checks';
import { dispose, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { model as functionalModel, type LayersModel } from '@tensorflow/tfjs-layers';

/** Where a training stood when its loss ceased to be a number. */
export interface NonFinitePlace {
  loss: number;
  epoch: number;
  step: number;
  learningRate: number;
  /** The first layer, from the input on, with a weight or an output that is not finite; `null` if all are. */
  layer: string | null;
  /** Which of the two, or `'loss'` where every layer is well: a penalty, or the loss itself. */
  source: 'weight' | 'output' | 'loss';
}

/** What `train` throws when the loss is no longer finite; the weights are those before the step, unless steps are read several at a time. */
export class NonFiniteLoss extends Error {
  override readonly name = 'NonFiniteLoss';

  constructor(readonly place: NonFinitePlace) {
    requireObject('NonFiniteLoss', 'place', place);
    const { loss, epoch, step, learningRate, layer, source } = place;
    const first =
      layer === null
        ? 'every layer’s output is finite, so it is the loss or a penalty'
        : `the first ${source} that is not finite is of layer '${layer}'`;
    super(
      `train: loss must stay finite, got ${loss} in epoch ${epoch}, step ${step}, at learning rate ${learningRate}; ${first}`,
    );
  }
}

/** Looks for the first layer with a weight, or with an output on these images, if they are still there, that is not finite. */
export async function firstNonFinite(
  model: LayersModel,
  images: Tensor | null,
): Promise<Pick<NonFinitePlace, 'layer' | 'source'>> {
  for (const layer of model.layers) {
    for (const weight of layer.weights) {
      if (!(await isFiniteTensor(weight.read()))) return { layer: layer.name, source: 'weight' };
    }
  }
  if (!images) return { layer: null, source: 'loss' };
  // A layer used twice has a node for each use.
  const outputs = model.layers.flatMap((layer) =>
    layer.inboundNodes.flatMap((node) =>
      node.outputTensors.map((output) => ({ name: layer.name, output })),
    ),
  );
  const inner = functionalModel({
    inputs: model.inputs,
    outputs: outputs.map(({ output }) => output),
  });
  const values = tidy(() => [inner.apply(images, { training: true })].flat() as Tensor[]);
  try {
    for (const [at, value] of values.entries()) {
      if (!(await isFiniteTensor(value))) return { layer: outputs[at]!.name, source: 'output' };
    }
    return { layer: null, source: 'loss' };
  } finally {
    dispose(values);
  }
}

async function isFiniteTensor(x: Tensor): Promise<boolean> {
  return ((await x.data()) as Float32Array).every(Number.isFinite);
}
