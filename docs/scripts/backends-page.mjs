import { readFileSync } from 'node:fs';
import { tfjsChanges } from '@ds/backend/changes';

/** The page on backends, from what running every operation on every backend found. */
export function backendsPage(file) {
  const { date, tfjs, columns } = JSON.parse(readFileSync(file, 'utf8'));
  const names = Object.keys(columns);
  const first = columns[names.find((name) => columns[name].results)].results;
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const groups = [...new Set(first.map(({ group }) => group))];
  const tables = groups.map((group) =>
    [
      `### ${group === 'tfjs' ? 'What training needs of tfjs itself' : `\`${group}\``}`,
      '',
      line(['operation', ...names]),
      line(['---', ...names.map(() => ':---:')]),
      ...first.flatMap(({ group: of, operation }, i) =>
        of === group
          ? [line([`\`${operation}\``, ...names.map((name) => mark(columns[name].results?.[i]))])]
          : [],
      ),
    ].join('\n'),
  );
  const problems = names.flatMap((name) =>
    (columns[name].results ?? []).flatMap(({ operation, runs, trains }) => {
      if (!runs && !trains) return [];
      return [
        `- \`${operation}\` on ${name}: ${runs ? 'fails' : 'runs; its gradient fails'}: ${escaped(runs ?? trains)}`,
      ];
    }),
  );
  return `# Backends

Which operation runs where. Made by running each of them on each backend (tfjs ${tfjs}, ${date}), forward and backward, and comparing with the cpu backend:
values and gradients agree to a thousandth of the largest where there is a mark.

| mark | |
| :---: | --- |
| ★ | runs and trains, on kernels that [\`@ds/backend\`](/packages/backend) brings |
| ✓ | runs and trains, composed of tfjs's own kernels |
| → | runs, but has no gradient there |
| ✗ | fails; below is how |
| ⟲ | besides, waits for the GPU in the middle, to read values that decide a size |
| – | not tried |

Columns were run ${names
    .map(
      (name) =>
        `**${name}**: ${columns[name].results ? columns[name].where : `not here (${escaped(columns[name].absent)})`}`,
    )
    .join('; ')}. A software adapter proves numbers right; it says nothing of speed.

${tables.join('\n\n')}

## What fails, and how

${problems.join('\n')}

Give \`diffStride\` an output \`size\` and nothing is read back; sizes then stay while mask values follow the strides. The layer reads
its strides once for all calls between two changes, and [\`@ds/train\`](/packages/train) copies them to the host while the device goes on. In Node, on WebGPU through Dawn,
values can be read synchronously: every operation's own tests run there.

## Calls at once

\`useBackend\` runs one call after the other. Equal calls at once count as one. Of different calls
at once, the last that succeeds wins. The others wait for it and return its result: \`name\` is the
backend in use, and \`reason\` names the later call. If a call fails, it rejects, and the backend in
use stays. That backend computes while another starts.

## What changes in tfjs

tfjs has one set of kernels, gradients and layers in a process, so a change of one reaches every
model there. One list has everything that these packages change: \`tfjsChanges\` of
\`@ds/backend/changes\`. Each entry says what it changes and why, on which versions of tfjs it is
tested, what happens on others, and how to switch it off. The peer dependencies name the same
versions: ${tested()}. On another version \`useBackend\` says so in its \`reason\`.

\`\`\`js
await useBackend('wasm', { without: ['wasm/ReluGrad'] });
\`\`\`

leaves the named changes out, or undoes them. This holds until the next call, which makes every
change that it does not name. An unknown name is refused. \`without\` of the result lists the
changes that are not made now. What another program has registered since stays.

${line(['name', 'what it changes', 'why'])}
${line(['---', '---', '---'])}
${tfjsChanges.map(changeRow).join('\n')}

## Make it again

\`\`\`sh
node docs/scripts/measure-backends.mjs                 # GPUs through Chromium's software adapter
node docs/scripts/measure-backends.mjs --hardware-gpu  # the machine's own
\`\`\`

The cases are in \`docs/backends/cases.mjs\`; with \`@tensorflow/tfjs-node\` installed, its column is filled too.
`;
}

function changeRow({ name, changes, why, backends, off }) {
  const how = backends.length > 0 ? '' : ` Off: ${off}`;
  return (
    `| \`${name}\` | ${changes.map((one) => `\`${one}\``).join(', ')} | ` +
    `${escaped(why + how)} |`
  );
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
