import { ConfigError } from '@ds/checks';
import { freezeStrides } from '@ds/models';

/** The frozen network, or `null` if stock layers cannot replace one of its poolings. */
export function frozenOf(model, shape) {
  try {
    return freezeStrides(model, shape);
  } catch (error) {
    if (error instanceof ConfigError) return null;
    throw error;
  }
}
