/** The networks for images that runs train. */
export const MODELS = ['resnet18', 'mobilenet-v2'] as const;
export type ModelName = (typeof MODELS)[number];

/** The networks whose costs `cost` prints. */
export const COST_MODELS = [...MODELS, 'resnet56'] as const;
export type CostModelName = (typeof COST_MODELS)[number];

/** The stages of a network, without its stem, and those that reduce maps as published. */
const STAGES: Record<CostModelName, { count: number; reducing: number[] }> = {
  resnet18: { count: 4, reducing: [2, 3, 4] },
  resnet56: { count: 3, reducing: [2, 3] },
  'mobilenet-v2': { count: 7, reducing: [2, 3, 4, 6] },
};

/**
 * The numbers of strides that a network takes: of the stages that reduce, or of stem and stages.
 */
export function stridesCounts(model: CostModelName): [number, number] {
  const { count, reducing } = STAGES[model];
  return [reducing.length, 1 + count];
}

/** The usual stride of a stem. */
export function stemStride(stem: 'cifar' | 'imagenet'): number {
  return stem === 'imagenet' ? 2 : 1;
}

/**
 * Strides of the stem and all stages. Strides of the reducing stages only get 1 for the other
 * stages, and for the stem 1, or 2 for ImageNet's. Complete strides are unchanged.
 */
export function wholeStrides(
  model: CostModelName,
  strides: number[],
  stem: 'cifar' | 'imagenet',
): number[] {
  const { count, reducing } = STAGES[model];
  if (strides.length !== reducing.length) return strides;
  const stages = Array.from({ length: count }, (_, i) => strides[reducing.indexOf(i + 1)] ?? 1);
  return [stemStride(stem), ...stages];
}

/** The places among all strides, stem first, of the stages that reduce. */
export function reducingStages(model: ModelName): number[] {
  return STAGES[model].reducing;
}

/**
 * The strides of the reducing stages, from which {@link wholeStrides} makes all of them. All
 * strides if the stem or another stage has an unusual one.
 */
export function reducingStrides(
  model: ModelName,
  strides: number[],
  stem: 'cifar' | 'imagenet',
): number[] {
  const reducing = reducingStages(model).map((stage) => strides[stage]!);
  return `${wholeStrides(model, reducing, stem)}` === `${strides}` ? reducing : strides;
}

/** Strides of 2 in every stage that reduces. */
export function stridesOfTwo(model: ModelName): number[] {
  return reducingStages(model).map(() => 2);
}
