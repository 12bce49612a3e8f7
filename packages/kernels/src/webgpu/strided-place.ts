/**
 * WGSL: one axis. It splits the position along the axis off `rest`, and adds it to `source`. AXIS
 * is replaced by a uniform with the size of the axis, and its step in the tensor.
 */
const AXIS = `
        source += rest % AXIS.x * AXIS.y;
        rest /= AXIS.x;`;

/**
 * WGSL: adds the place in a tensor to `source`, for a position along some of its axes, `rest`. Each
 * uniform is a vector with the size and the step of an axis. The last axis comes first.
 */
export const stridedPlace = (uniforms: readonly string[]): string =>
  uniforms.map((name) => AXIS.replaceAll('AXIS', `uniforms.${name}`)).join('');
