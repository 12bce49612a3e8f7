import { type LayerWith, layersWith, weightsOf } from '@ds/graph';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';

/**
 * What a forward pass in training changes: batch norm's statistics, and the numbers of random
 * draws. Keeps the current values, so that {@link restore} can restore them.
 *
 * No value is copied. A pass assigns new data to a statistic, so the old data need only stay in
 * memory.
 */
export class ForwardState {
  #weights: { variable: Variable; value: Tensor }[];
  #draws: { layer: LayerWith<'draws'>; count: number }[];

  /**
   * @param untrained the weights of the model that are not trained.
   * @param drawing the layers of {@link drawingLayers}.
   */
  constructor(untrained: LayerVariable[], drawing: LayerWith<'draws'>[]) {
    this.#weights = untrained.map((weight) => {
      const variable = weight.read() as Variable;
      return { variable, value: variable.clone() };
    });
    this.#draws = drawing.map((layer) => ({ layer, count: layer.draws }));
  }

  static of(model: LayersModel): ForwardState {
    return new ForwardState(weightsOf(model).untrained, drawingLayers(model));
  }

  /** Restores the state, once or several times. After {@link forget} it does nothing. */
  restore(): void {
    for (const { variable, value } of this.#weights) {
      if (variable.dataId !== value.dataId) variable.assign(value);
    }
    for (const { layer, count } of this.#draws) layer.draws = count;
  }

  /** Releases the old data. */
  forget(): void {
    for (const { value } of this.#weights) value.dispose();
    this.#weights = [];
    this.#draws = [];
  }
}

/** The layers of a model that draw at random. */
export function drawingLayers(model: LayersModel): LayerWith<'draws'>[] {
  return layersWith(model, 'draws').map(({ layer }) => layer);
}
