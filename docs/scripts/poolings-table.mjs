// The table of all registered poolings: what each takes, learns, and becomes. It is computed: each
// pooling runs on a small input, is frozen and is exported. `store-poolings.mjs` writes it into the
// pages.
import { toGraphModel, toOnnx } from '@ds/export';
import { partnerUpsampling, poolingLayer, poolingNames, poolingTraits } from '@ds/layers';
import { freezeReport, freezeStrides } from '@ds/models';
import * as tf from '@tensorflow/tfjs';
import { markdownTable } from './markdown-table.mjs';

/** The pages with the table. */
export const PAGES = ['docs/poolings/index.md', 'packages/layers/README.md'];

const BLOCK = /(<!-- poolings -->\n)[\s\S]*?(\n<!-- end -->)/;

/** A page with the present table between its marks. */
export function withPoolingsTable(page, table) {
  if (!BLOCK.test(page)) throw new Error('poolings-table: the page has no <!-- poolings -->');
  return page.replace(BLOCK, (_, begin, end) => `${begin}${table}${end}`);
}

const SIDE = 8;
const CHANNELS = 2;

/** The table as Markdown, with one row for each of some registered poolings. Default: all. */
export function poolingsTable(names = poolingNames()) {
  const head = [
    'pooling',
    'axes',
    'maps get',
    'reversed by',
    'gradient of',
    'frozen, it is',
    'exported as',
  ];
  const rows = names.map((name) => {
    const { ranks = [2] } = poolingTraits(name);
    const rank = ranks.includes(2) ? 2 : ranks[0];
    return [
      `\`${name}\``,
      ranks.join(', '),
      sizesOf(name, rank),
      `\`${partnerUpsampling(name)}\``,
      gradientsOf(name, rank).join(', '),
      frozenAs(name, rank),
      exportsOf(name, rank).join(', ') || '–',
    ];
  });
  return markdownTable(head, rows);
}

/** A pooling with strides of 2. */
function layerOf(name, rank) {
  const strides = new Array(rank).fill(2);
  const config = { name: 'pool', strides, seed: 1, ...(rank === 2 ? {} : { rank }) };
  // The default ramp of 4 bins keeps the whole map.
  const { smoothness } = poolingLayer(name, config).getConfig();
  return poolingLayer(name, { ...config, ...(smoothness === undefined ? {} : { smoothness: 1 }) });
}

function modelOf(name, rank) {
  const input = tf.input({ name: 'image', shape: shapeOf(rank) });
  return tf.model({ inputs: input, outputs: layerOf(name, rank).apply(input) });
}

const shapeOf = (rank) => [...new Array(rank).fill(SIDE), CHANNELS];
const batchOf = (rank) => tf.randomNormal([1, ...shapeOf(rank)], 0, 1, 'float32', 1);

/** Whether a pooling makes maps smaller or larger at strides of 2. */
function sizesOf(name, rank) {
  return tf.tidy(() => {
    const side = layerOf(name, rank).apply(batchOf(rank)).shape[1];
    return side < SIDE ? 'smaller' : side > SIDE ? 'larger' : 'equal';
  });
}

/** What has a gradient that is not 0: the input, and each kind of trained weight. */
function gradientsOf(name, rank) {
  return tf.tidy(() => {
    const layer = layerOf(name, rank);
    const x = tf.variable(batchOf(rank));
    layer.apply(x);
    const weights = layer.trainableWeights.map((weight) => [
      weight.originalName.split('/').at(-1),
      weight.read(),
    ]);
    const loss = () => tf.sum(tf.square(layer.apply(x, { training: true })));
    const { grads } = tf.variableGrads(loss, [x, ...weights.map(([, value]) => value)]);
    const isFelt = (variable) => {
      const slope = grads[variable.name];
      return slope != null && tf.max(tf.abs(slope)).dataSync()[0] > 0;
    };
    const felt = weights.filter(([, value]) => isFelt(value)).map(([kind]) => kind);
    const kinds = [...(isFelt(x) ? ['input'] : []), ...new Set(felt.map(plainName))];
    x.dispose();
    for (const [, value] of weights) value.dispose();
    return kinds;
  });
}

const plainName = (weight) => weight.replaceAll('_', ' ').replace(/ ?\d+$/, '');

/** The stock layers that a frozen pooling consists of. */
function frozenAs(name, rank) {
  const model = modelOf(name, rank);
  try {
    const frozen = freezeStrides(model, shapeOf(rank));
    const [row] = freezeReport(frozen);
    const made = row?.stock ?? frozen.layers.slice(1).map((layer) => layer.getClassName());
    return [...new Set(made)].map((one) => `\`${one}\``).join(', ') || 'nothing';
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return 'refused';
  }
}

/** The formats that hold a pooling. */
function exportsOf(name, rank) {
  const model = modelOf(name, rank);
  const formats = { ONNX: toOnnx, 'graph model': toGraphModel };
  return Object.entries(formats)
    .filter(([, write]) => {
      try {
        write(model, { inputShape: shapeOf(rank) });
        return true;
      } catch (error) {
        if (!isRefusal(error)) throw error;
        return false;
      }
    })
    .map(([format]) => format);
}

const isRefusal = (error) => error.name === 'ConfigError';
