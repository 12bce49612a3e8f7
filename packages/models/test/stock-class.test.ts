import '@ds/layers';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { isStock } from '../src/stock-class.js';

/** Classes of tfjs that are no layers by themselves, or that no public function makes. */
const OTHERS = /^(Layer|RNNCell|Base.*|ConvRNN2D|SeparableConv|Model|Functional|Sequential)$/;

it('recognizes the layers of tfjs, and no other', () => {
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  const layers = Object.values(classNameMap)
    .map(([cls]) => cls)
    .filter((cls) => cls.prototype instanceof tf.layers.Layer);
  const classes = [...new Set(layers.map(({ className }) => className))];
  const [known, unknown] = [true, false].map((wanted) =>
    classes.filter((name) => isStock({ getClassName: () => name } as never) === wanted),
  );
  expect(known).toContain('TimeDistributed');
  expect(known!.length).toBeGreaterThan(60);
  expect(unknown!.filter((name) => !name.startsWith('ds>') && !OTHERS.test(name))).toEqual([]);
  expect(known!.filter((name) => name.startsWith('ds>'))).toEqual([]);
});

it('takes a class without a name for an own class', () => {
  class Nameless extends tf.layers.Layer {}
  expect(isStock(new Nameless({ name: 'pool' }))).toBe(false);
});

it('takes a class with the name of another maker of tfjs for an own class', () => {
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  const made = new Set(Object.keys(classNameMap).map((name) => name.toLowerCase()));
  const aliases = Object.keys(tf.layers).filter((name) => !made.has(name.toLowerCase()));
  expect(aliases).toEqual(expect.arrayContaining(['avgPool2d', 'globalMaxPool1d', 'maxPool2d']));
  for (const name of aliases.filter((alias) => !/^(Layer|RNNCell)$/.test(alias))) {
    const className = name.replace('d', 'D').replace(/^./, (letter) => letter.toUpperCase());
    expect(isStock({ getClassName: () => className } as never), className).toBe(false);
  }
});
