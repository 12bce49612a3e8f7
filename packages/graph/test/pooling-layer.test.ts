import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasMember, layersWith, type PoolingLayer } from '../src/index.js';

class Drawing extends tf.layers.Layer implements PoolingLayer {
  static className = 'Drawing';
  draws = 3;
  sharesChoice = false;
  strideVariable: tf.Variable<tf.Rank.R1> | null = null;

  multiplyAdds(outputShape: number[]): number {
    return outputShape.length;
  }

  outputSize(input: number[]): number[] {
    return input;
  }

  // `FlcPool` has matrices in some configurations only.
  get matrices(): undefined {
    return undefined;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return [inputs].flat()[0]!;
  }

  override computeOutputShape(shape: tf.Shape | tf.Shape[]): tf.Shape | tf.Shape[] {
    return shape;
  }
}

describe('hasMember', () => {
  it.each([
    ['draws', true],
    ['multiplyAdds', true],
    ['matrices', false],
    ['sharesChoice', false],
    ['strideVariable', false],
    ['strides', false],
    ['outputSize', true],
    ['hostCopy', false],
  ] as const)('for the member %s', (member, has) => {
    expect(hasMember(new Drawing({}), member)).toBe(has);
    expect(hasMember(tf.layers.dense({ units: 1 }), member)).toBe(false);
  });

  it('narrows the type', () => {
    const layer: tf.layers.Layer = new Drawing({});
    expect(hasMember(layer, 'draws') && layer.draws).toBe(3);
    expect(hasMember(layer, 'multiplyAdds') && layer.multiplyAdds([1, 2], [3])).toBe(2);
  });

  it('refuses unknown members', () => {
    expect(() => hasMember(new Drawing({}), 'draw' as never)).toThrow(
      /^hasMember: member must be 'matrices', .*, got "draw"$/,
    );
  });
});

describe('layersWith', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('finds layers in models and wrappers, each once, with its holders', () => {
    const shared = new Drawing({ name: 'shared' });
    const trunk = tf.sequential({
      name: 'trunk',
      layers: [tf.layers.dense({ name: 'a', units: 2, inputShape: [3] }), shared],
    });
    const each = tf.layers.timeDistributed({ name: 'each', layer: trunk as tf.layers.Layer });
    const [moments, single] = [tf.input({ shape: [4, 3] }), tf.input({ shape: [2] })];
    const model = tf.model({
      inputs: [moments, single],
      outputs: [each.apply(moments), shared.apply(single)] as tf.SymbolicTensor[],
    });
    const found = layersWith(model, 'draws');
    expect(found.map(({ layer }) => layer)).toEqual([shared]);
    const [{ path, within }] = found as [(typeof found)[0]];
    // tfjs decides which application comes first.
    expect(path === 'shared' ? [] : ['each', 'trunk']).toEqual(within.map(({ name }) => name));
    expect(layersWith(model, 'hostCopy')).toEqual([]);
  });

  it('uses the given function name in errors', () => {
    expect(() => layersWith(null as never, 'draws', 'count')).toThrow(
      'count: model must be a tf.LayersModel, got null',
    );
  });
});
