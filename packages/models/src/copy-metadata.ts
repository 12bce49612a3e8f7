import type { LayersModel } from '@tensorflow/tfjs-layers';

/** Gives a copy the metadata of a model, such as its labels. tfjs saves them with the model. */
export function copyMetadata(model: LayersModel, copy: LayersModel): void {
  const metadata = model.getUserDefinedMetadata();
  if (metadata) copy.setUserDefinedMetadata({ ...metadata });
}
