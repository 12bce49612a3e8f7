import { readFileSync } from 'node:fs';
import { tfjsChanges } from '@ds/backend/changes';
import { markdownTable } from './markdown-table.mjs';

/** The page on backends, generated from stored results of every operation on every backend. */
export function backendsPage(file) {
  const { date, tfjs, columns } = JSON.parse(readFileSync(file, 'utf8'));
  const sections = [
    introduction(date, tfjs, columns),
    operationsSection(columns),
    failuresSection(columns),
    bundlersSection(),
    runtimesSection(),
    concurrentCallsSection(),
    tfjsChangesSection(),
    measureAgainSection(),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** What was run where, and what the marks of the tables mean. */
function introduction(date, tfjs, columns) {
  return `# Backends

These tables show which operations run on which backend. A script ran every operation on every
backend, forward and backward (tfjs ${tfjs}, ${date}). It compared the results with the cpu backend.
A ★ or ✓ means that values and gradients agree to a thousandth of the largest value.

| mark | meaning |
| :---: | --- |
| ★ | runs and trains, with kernels from [\`@ds/backend\`](/packages/backend) |
| ✓ | runs and trains, composed of tfjs's own kernels |
| → | runs, but has no gradient there |
| ✗ | fails; the error is below |
| ⟲ | also waits for the GPU during the computation, to read values that determine a size |
| – | not tried |

The columns were run in these environments: ${Object.keys(columns)
    .map(
      (name) =>
        `**${name}**: ${columns[name].results ? columns[name].where : `not here (${escaped(columns[name].absent)})`}`,
    )
    .join('; ')}. A software adapter shows that numbers are right. It says nothing about speed.`;
}

/** A table for each group of operations: a row for each operation, a column for each backend. */
function operationsSection(columns) {
  const names = Object.keys(columns);
  const first = columns[names.find((name) => columns[name].results)].results;
  const groups = [...new Set(first.map(({ group }) => group))];
  const tables = groups.map((group) => {
    const rows = first.flatMap(({ group: of, operation }, i) =>
      of === group
        ? [[`\`${operation}\``, ...names.map((name) => mark(columns[name].results?.[i]))]]
        : [],
    );
    const title = group === 'tfjs' ? 'What training needs of tfjs itself' : `\`${group}\``;
    const alignment = ['---', ...names.map(() => ':---:')];
    return `### ${title}\n\n${markdownTable(['operation', ...names], rows, alignment)}`;
  });
  return `## Which operation runs where

${tables.join('\n\n')}`;
}

/** The errors of the operations that fail, and why some wait for the GPU. */
function failuresSection(columns) {
  const problems = Object.keys(columns).flatMap((name) =>
    (columns[name].results ?? []).flatMap(({ operation, runs, trains }) => {
      if (!runs && !trains) return [];
      return [
        `- \`${operation}\` on ${name}: ${runs ? 'fails' : 'runs; its gradient fails'}: ${escaped(runs ?? trains)}`,
      ];
    }),
  );
  return `## What fails, and how

${problems.join('\n')}

With an output \`size\`, \`diffStride\` reads nothing back. The size is then fixed, and only the mask
values follow the strides. The layer reads its strides once after each change.
[\`@ds/train\`](/packages/train) copies them to the host while the device computes. On WebGPU in
Node (through Dawn), values can be read synchronously, so all tests of the operations run there.`;
}

function bundlersSection() {
  return `## Browsers and bundlers

[The guide to bundlers](/guide/bundlers) has the configurations of webpack, Vite, esbuild and Rollup,
for pages and Web Workers.`;
}

function runtimesSection() {
  return `## Node, Deno and Bun

A test runs the same training in Node, in Deno 2.9.6 and in Bun 1.4.5 (Linux, x64):

| | Node ≥ 20.19 | Deno 2.9.6 | Bun 1.4.5 |
| --- | :---: | :---: | :---: |
| \`cpu\` | ✓ | ✓ | ✓ |
| \`wasm\`, with the SIMD kernels | ★ | ★ | ★ |
| \`@ds/fft/simd\` | ✓ | ✓ | ✓ |
| replicas (\`@ds/train/replicas\`) | ✓ | ✓ | ✓ |
| \`webgpu\`, the command line | ✓ | – | – |

Deno needs \`--allow-read\`, \`--allow-env\` and \`--allow-sys\`, or \`--allow-all\`. The losses agree
to six digits: the runtimes load different variants of the kernels, and round differently. In Node,
\`webgpu\` needs the package of that name: \`npm install webgpu\`. It is an optional peer, since it
takes 132 MB.`;
}

function concurrentCallsSection() {
  return `## Concurrent calls

\`useBackend\` runs concurrent calls in sequence. Equal calls count as one. Of different calls, the
last one that succeeds determines the backend. The others wait for it and return its result:
\`name\` is the backend in use, and \`reason\` names the later call. If a call fails, it rejects,
and the current backend remains in use. The current backend computes while another one starts.`;
}

/** What the packages change in tfjs, from the list of `@ds/backend`. */
function tfjsChangesSection() {
  return `## What changes in tfjs

tfjs has one set of kernels, gradients and layers per process, so a change affects every model in
that process. \`tfjsChanges\` of \`@ds/backend/changes\` lists all changes of these packages.
Each entry gives the change, the reason, the tested versions of tfjs, the behaviour on other
versions, and how to switch it off. The peer dependencies name the same versions: ${tested()}. On
another version, the \`reason\` of \`useBackend\` reports it.

\`\`\`js
await useBackend('wasm', { without: ['wasm/ReluGrad'] });
\`\`\`

This omits the named changes, or undoes them, until the next call. The next call makes every change
that it does not name. An unknown name is an error. \`without\` of the result lists the omitted
changes. Kernels that other code registered in the meantime stay.

${markdownTable(['name', 'what it changes', 'why'], tfjsChanges.map(changeRow))}`;
}

function measureAgainSection() {
  return `## Measure again

\`\`\`sh
node docs/scripts/measure-backends.mjs                 # GPUs through Chromium's software adapter
node docs/scripts/measure-backends.mjs --hardware-gpu  # the machine's own
\`\`\`

The cases are in \`docs/backends/cases.mjs\`. If \`@tensorflow/tfjs-node\` is installed, the table
includes it.`;
}

function changeRow({ name, changes, why, backends, off }) {
  const how = backends.length > 0 ? '' : ` Off: ${off}`;
  return [`\`${name}\``, changes.map((one) => `\`${one}\``).join(', '), escaped(why + how)];
}

function tested() {
  return [...new Set(tfjsChanges.flatMap((change) => change.tested))].join(', ');
}

function mark(result) {
  if (!result) return '–';
  const { runs, trains, accelerated, readsBack } = result;
  if (runs) return '✗';
  return `${trains ? '→' : accelerated ? '★' : '✓'}${readsBack ? ' ⟲' : ''}`;
}

function escaped(text) {
  return text.replace(/[|<>{}]/g, (character) => `&#${character.charCodeAt(0)};`);
}
