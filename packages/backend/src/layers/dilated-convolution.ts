import { registerDilatedGradients } from '../gradients/dilated-convolution.js';
import { fuseConvolutions, unfuseConvolutions } from './convolution-layer.js';

/**
 * Registers the gradients of a dilated `tf.conv2d` on a backend, and runs dilated convolutions of
 * tfjs-layers on it while a gradient is computed. The gradient of tfjs's fused convolution refuses
 * dilations. Without tfjs-layers, there is only the gradient. Returns false if a gradient kernel is
 * missing.
 */
export async function differentiableDilation(backend: string): Promise<boolean> {
  if (!registerDilatedGradients(backend)) {
    plainDilation(backend);
    return false;
  }
  await unfuseConvolutions(backend, ({ dilationRate }) =>
    [dilationRate].flat().some((step) => step > 1),
  );
  return true;
}

/** Restores tfjs-layers' dilated convolutions on a backend. */
export function plainDilation(backend: string): void {
  fuseConvolutions(`${backend}/dilated-gradient`);
}
