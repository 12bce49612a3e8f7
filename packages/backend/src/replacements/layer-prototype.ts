import type { layers } from '@tensorflow/tfjs-layers';

/**
 * The prototype of the class of a layer, or `undefined` if tfjs-layers is not installed.
 *
 * @param make makes a layer of the class. With a name, it takes no number of the default names.
 */
export async function layerPrototype<Class extends layers.Layer>(
  make: (of: typeof layers) => layers.Layer,
): Promise<Class | undefined> {
  try {
    const { layers: of } = await import('@tensorflow/tfjs-layers');
    return Object.getPrototypeOf(make(of)) as Class;
  } catch {
    return undefined;
  }
}
