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
  return [stem === 'imagenet' ? 2 : 1, ...stages];
}

/** The strides of the reducing stages, or all strides if another stage reduces too. */
export function reducingStrides(model: ModelName, strides: number[]): number[] {
  const { reducing } = STAGES[model];
  if (model === 'resnet18') return strides.slice(2);
  const isUsual = strides.every((stride, i) => i === 0 || stride === 1 || reducing.includes(i));
  return isUsual ? reducing.map((stage) => strides[stage]!) : strides;
}

/** Strides of 2 in every stage that reduces. */
export function stridesOfTwo(model: ModelName): number[] {
  return STAGES[model].reducing.map(() => 2);
}
