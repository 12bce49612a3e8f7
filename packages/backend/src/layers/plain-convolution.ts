import { fuseConvolutions, unfuseConvolutions } from './convolution-layer.js';

/**
 * Runs convolutions of tfjs-layers that have neither a bias nor an activation on `tf.conv2d` while
 * a gradient is computed, on one backend. Its gradients are computed one by one, so the first layer
 * of a model skips the gradient of the images, which nothing reads. The gradient of tfjs's fused
 * convolution always computes both. Returns false without tfjs-layers.
 */
export function lazyGradients(backend: string): Promise<boolean> {
  return unfuseConvolutions(
    backend,
    ({ bias, activation }) => !bias && (!activation || activation.getClassName() === 'linear'),
  );
}

/** Restores tfjs-layers' plain convolutions on a backend. */
export function fusedGradients(backend: string): void {
  fuseConvolutions(`${backend}/lazy-gradients`);
}
