import { audioCnn, resnet18 } from '@ds/models';
import { loadSafetensors, type SafetensorsSource } from '@ds/models/safetensors';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Card } from './card.js';

/**
 * The network of a card with the weights of a file.
 *
 * @throws DataError if the file cannot be read, is damaged, or is of another network.
 */
export async function networkOf(card: Card, file: SafetensorsSource): Promise<LayersModel> {
  const model = card.kind === 'images' ? resnet18(card.network) : audioCnn(card.network);
  try {
    await loadSafetensors(model, file, { sha256: card.sha256 });
  } catch (error) {
    model.dispose();
    throw error;
  }
  return model;
}
