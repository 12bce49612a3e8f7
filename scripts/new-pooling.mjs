// Scaffolds a pooling in @ds/layers: op, layer, registration, test and page.
//   pnpm new:pooling <name> [--root <folder of the repository>]
// The scaffold averages over windows and passes the conformance kit. Replace its op by your own.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: { root: { type: 'string' } },
  allowPositionals: true,
});
const root = values.root ?? path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const [name] = positionals;
if (!name || positionals.length > 1 || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
  console.error(
    'new:pooling: name must be one word or several joined by hyphens, in lower case, ' +
      `got '${positionals.join(' ')}'`,
  );
  process.exit(1);
}

const registry = readFileSync(path.join(root, 'packages', 'layers', 'src', 'registry.ts'), 'utf8');
const registered = [...registry.matchAll(/\nprovide\('([^']+)'/g)].map((match) => match[1]);
if (['conv', 'all', ...registered].includes(name)) {
  console.error(`new:pooling: name must be new, but '${name}' is a name of the registry`);
  process.exit(1);
}

const words = name.split('-').map((word) => word[0].toUpperCase() + word.slice(1));
const className = `${words.join('')}Pool`;
const op = className[0].toLowerCase() + className.slice(1);
const layers = path.join(root, 'packages', 'layers');
const files = {
  [path.join(layers, 'src', `${name}-pool.ts`)]: opSource(),
  [path.join(layers, 'src', `${name}-pool-layer.ts`)]: layerSource(),
  [path.join(layers, 'test', `${name}-pool.test.ts`)]: testSource(),
  [path.join(root, 'docs', 'poolings', `${name}.md`)]: pageSource(),
};
const taken = Object.keys(files).filter((file) => existsSync(file));
if (taken.length > 0) {
  console.error(`new:pooling: name must be new, but there is ${taken.join(', ')}`);
  process.exit(1);
}

for (const [file, text] of Object.entries(files)) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(`made ${path.relative(root, file)}`);
}
edit('packages/layers/src/registry.ts', [
  [/^/, `import { ${className}, type ${className}Config } from './${name}-pool-layer.js';\n`],
  [/(\n {2}lps: LpsPoolConfig;)/, `$1\n  '${name}': ${className}Config;`],
  // Anchored on code: comments change.
  [/\nprovide\('flc',[^;]*;\n/, `$&provide('${name}', (config) => new ${className}(config));\n`],
]);
edit('packages/layers/src/index.ts', [
  [/^/, `export { ${className}, type ${className}Config } from './${name}-pool-layer.js';\n`],
]);
edit('packages/layers/src/ops.ts', [
  [/^/, `export { ${op}, type ${className}Options } from './${name}-pool.js';\n`],
]);
edit('docs/reference-topics.mjs', [
  [
    /\n {4}topic\('FLC pooling'/,
    `\n    topic('${className}', /^${name}-pool/, '/poolings/${name}'),$&`,
  ],
]);
edit('packages/layers/test/registry.test.ts', [[/\n {2}flc: true,/, `$&\n  '${name}': true,`]]);
edit('apps/benchmark/src/poolings/import-poolings.ts', [[/\n {2}'flc',/, `$&\n  '${name}',`]]);
edit('apps/demo/src/ui/pooling-name.ts', [
  [/\n {2}flc: [^\n]*/, `$&\n  '${name}': '${words.join(' ')} pooling',`],
]);
tidyUp();
console.log(
  `\nNext:\n- write the paper's equation into packages/layers/src/${name}-pool.ts\n` +
    '- add an oracle and golden numbers to its test\n' +
    '- set its place in models in its registration\n' +
    '- run: npm test\n- add a changeset: pnpm changeset',
);

/** Sorts the new imports if the formatter is installed. */
function tidyUp() {
  const biome = path.join(root, 'node_modules', '.bin', 'biome');
  if (!existsSync(biome)) return;
  const changed = [
    path.join(layers, 'src'),
    path.join(layers, 'test'),
    path.join(root, 'apps', 'benchmark', 'src', 'poolings'),
    path.join(root, 'apps', 'demo', 'src', 'ui'),
  ];
  spawnSync(biome, ['check', '--write', ...changed], { cwd: root });
}

/** Edits a file of the repository. Throws if a pattern is not found. */
function edit(source, changes) {
  const file = path.join(root, source);
  let text = readFileSync(file, 'utf8');
  for (const [place, insertion] of changes) {
    if (!place.test(text)) throw new Error(`new:pooling: no place for the pooling in ${file}`);
    text = text.replace(place, insertion);
  }
  writeFileSync(file, text);
  console.log(`changed ${path.relative(root, file)}`);
}

function opSource() {
  return `import { type Checks, requireOptions } from '@ds/checks';
import { poolByTaps } from '@ds/kernels';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { integerStrides } from './integer-strides.js';
import { checkDataFormat, type DataFormat, inChannelsLast, requireImage } from './data-format.js';

/** Options of {@link ${op}}. */
export interface ${className}Options {
  /** Default \`'channelsLast'\`. */
  dataFormat?: DataFormat;
}

/**
 * One sentence: what it does (authors, "title", year).
 *
 * The equation. This scaffold takes the mean over windows of the strides' size.
 *
 * Shapes: x \`[batch, height, width, channels]\` → \`[batch, ceil(H/S_h), ceil(W/S_w), channels]\`.
 * Differentiable in x.
 *
 * @throws ConfigError if x is not a float32 image of rank 4, or strides are not integers >= 1.
 */
export function ${op}(
  x: Tensor4D,
  strides: number | [number, number] = 2,
  options: ${className}Options = {},
): Tensor4D {
  requireImage('${op}', x);
  const [strideH, strideW] = integerStrides('${op}', strides);
  requireOptions('${op}', 'options', options, OPTION_CHECKS);
  const { dataFormat = 'channelsLast' } = options;
  return inChannelsLast(x, dataFormat, (image) =>
    poolByTaps(image, taps(image.shape[1], strideH), taps(image.shape[2], strideW)),
  );
}

/** The checks of {@link ${className}Options}. */
export const OPTION_CHECKS: Checks<${className}Options> = {
  dataFormat: checkDataFormat,
};

/** Output size along one axis. */
export function ${op}OutputSize(size: number, stride: number): number {
  return Math.ceil(size / stride);
}

/** The taps of each output along one axis. */
function taps(size: number, stride: number) {
  return Array.from({ length: ${op}OutputSize(size, stride) }, (_, output) => {
    const start = output * stride;
    const count = Math.min(stride, size - start);
    return Array.from({ length: count }, (__, i) => ({ index: start + i, weight: 1 / count }));
  });
}
`;
}

function layerSource() {
  return `import { registerLayer } from '@ds/graph';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { checkIntegerStrides, integerStrides } from './integer-strides.js';
import { type LayerArgs, requireConfig } from './layer-input.js';
import { StaticPoolLayer } from './static-pool-layer.js';
import { ${op}, ${op}OutputSize, OPTION_CHECKS, type ${className}Options } from './${name}-pool.js';

/** Configuration of {@link ${className}}. */
export interface ${className}Config extends LayerArgs, ${className}Options {
  /** Integer strides >= 1, one number for both axes. Default 2. */
  strides?: number | [number, number];
}

type Options = Required<${className}Options> & { strides: [number, number] };

/**
 * {@link ${op}} as a \`tf.layers\` layer. No weights.
 *
 * @throws ConfigError on a bad configuration, as {@link ${op}} does.
 */
export class ${className} extends StaticPoolLayer<Options> {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>${className}';

  constructor(config: ${className}Config = {}) {
    requireConfig<Omit<${className}Config, keyof LayerArgs>>('${className}', config, {
      ...OPTION_CHECKS,
      strides: checkIntegerStrides(2),
    });
    const { dataFormat = 'channelsLast' } = config;
    super(config, { strides: integerStrides('${className}', config.strides ?? 2), dataFormat });
  }

  protected pool(image: Tensor4D): Tensor4D {
    const { strides, ...options } = this.options;
    return ${op}(image, strides, options);
  }

  protected axisSize(size: number, axis: 0 | 1): number {
    return ${op}OutputSize(size, this.options.strides[axis]);
  }
}
registerLayer(${className}, '${className}');
`;
}

function testSource() {
  return `import '@tensorflow/tfjs';
import { useBackend } from '@ds/backend';
import { beforeAll } from 'vitest';
import { describePooling } from '../src/testing.js';

// Registers the wasm backend with the kernels for training, so the kit tests on it.
beforeAll(async () => {
  await useBackend('wasm');
  await useBackend('cpu');
});

describePooling('${name}', { backends: ['cpu', 'wasm'] });
`;
}

function pageSource() {
  return `# ${className}

What it does, in one sentence (authors, title, year).

\`\`\`ts run
import { ${className} } from '@ds/layers';

const pooling = new ${className}({ strides: 2 });
\`\`\`

By name: \`resnet18({ pooling: '${name}' })\`, \`compare --poolings conv,${name}\`.

Where it goes: …

## The equation

## Where it differs from the published code
`;
}
