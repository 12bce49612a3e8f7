import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { poolingNames, registerPooling } from '@ds/layers';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { PAGES, poolingsTable, withPoolingsTable } from '../scripts/poolings-table.mjs';

let table: string;
beforeAll(async () => {
  await tf.setBackend('cpu');
  table = poolingsTable();
});

const rowOf = (text: string, name: string) =>
  text.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));

describe('the table of poolings', () => {
  it.each(PAGES)('is current in %s; if not, run node docs/scripts/store-poolings.mjs', (page) => {
    const text = readFileSync(fileURLToPath(new URL(`../../${page}`, import.meta.url)), 'utf8');
    expect(text).toBe(withPoolingsTable(text, table));
  });

  it('has a row for each registered pooling', () => {
    expect(poolingNames().filter((name) => !rowOf(table, name))).toEqual([]);
    expect(table.split('\n')).toHaveLength(2 + poolingNames().length);
  });

  it('is computed from what a pooling does', () => {
    registerPooling('doubled', ({ name }) => tf.layers.upSampling2d({ name, size: [2, 2] }));
    registerPooling('unknown', ({ name }) => new Unknown({ name }));
    const made = poolingsTable(['doubled', 'unknown']);
    expect(rowOf(made, 'doubled')).toBe(
      '| `doubled` | 2 | larger | `bilinear` | input | `UpSampling2D` | ONNX, graph model |',
    );
    expect(rowOf(made, 'unknown')).toBe(
      '| `unknown` | 2 | equal | `bilinear` | input, gain | refused | – |',
    );
  });

  it('needs its marks in a page', () => {
    expect(() => withPoolingsTable('# A page', table)).toThrow('has no <!-- poolings -->');
  });
});

/** A layer that no converter knows, with a trained weight. */
class Unknown extends tf.layers.Layer {
  static className = 'UnknownPooling';
  override build(): void {
    this.addWeight('gain', [1], 'float32', tf.initializers.ones());
    this.built = true;
  }
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.mul([inputs].flat()[0]!, this.weights[0]!.read());
  }
}
