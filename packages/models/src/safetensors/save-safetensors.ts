import { DataError, requireString, StateError } from '@ds/checks';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { fileSystem } from './read-bytes.js';
import { safetensorsOf, type ToSafetensorsOptions } from './to-safetensors.js';

const OP = 'saveSafetensors';

/**
 * Writes the bytes of {@link toSafetensors} to a file, in Node. In a browser, call `toSafetensors`
 * and offer the bytes as a download.
 *
 * @throws what `toSafetensors` throws, DataError if the file cannot be written, and StateError in a
 *   browser.
 */
export async function saveSafetensors(
  model: LayersModel,
  path: string,
  options: ToSafetensorsOptions = {},
): Promise<void> {
  requireString(OP, 'path', path);
  const bytes = await safetensorsOf(OP, model, options);
  const disk = fileSystem();
  if (!disk) {
    throw new StateError(
      `${OP}: must run in Node, got a browser; call toSafetensors and offer the bytes`,
    );
  }
  await disk.writeFile(path, bytes).catch((error) => {
    throw new DataError(`${OP}: path must be writable, got ${path}: ${error.message}`, {
      cause: error,
    });
  });
}
