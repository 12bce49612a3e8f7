import { engine } from '@tensorflow/tfjs-core';

/**
 * Builds a model. If that fails, it disposes of the weights of the layers that were built before,
 * since nothing else refers to them.
 */
export function builtWhole<Model>(build: () => Model): Model {
  const before = new Set(Object.keys(engine().registeredVariables));
  try {
    return build();
  } catch (error) {
    for (const [name, variable] of Object.entries(engine().registeredVariables)) {
      if (!before.has(name)) variable.dispose();
    }
    throw error;
  }
}
