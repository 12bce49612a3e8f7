import { readFileSync } from 'node:fs';

/** The page on speed, from what `ds-benchmark speed` stored: nothing is typed by hand. */
export function speedPage(file, fftFile) {
  const { date, commit, machine, command, peak, contenders, rows } = JSON.parse(
    readFileSync(file, 'utf8'),
  );
  const [first, ...others] = contenders.map(({ name }) => name);
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const groups = [...new Set(rows.map((row) => row.case.group))];
  const tables = groups.map((group) =>
    [
      `## ${escaped(group)}`,
      '',
      line(['case', first, 'GFLOP/s', ...others]),
      line(['---', '---:', '---:', ...others.map(() => '---:')]),
      ...rows
        .filter((row) => row.case.group === group)
        .map(({ case: { name }, timings }) => {
          const own = timings[first];
          return line([
            escaped(name),
            own && 'median' in own ? `${ms(own.median)} ms (${ms(own.low)}–${ms(own.high)})` : '–',
            own?.gflops ? own.gflops.toFixed(1) : '',
            ...others.map((other) => ratio(timings[other])),
          ]);
        }),
    ].join('\n'),
  );
  return `# Speed

Made from a stored run of the benchmark's \`speed\`: contenders take turns, try by try, so that what else the machine does meets all alike. Times are medians with tenth and ninetieth
percentiles; ×2 is twice as long as the first column, by the median of pairs; "cannot" is an operation or a gradient that is missing there, or would take minutes.

${machine}, ${date.slice(0, 10)}, commit ${commit}. One core does ${peak?.toFixed(1) ?? '–'} GFLOP/s on cached data; operations of a convolution are counted directly, so that an algorithm with fewer multiplications can show more.

| contender | |
| --- | --- |
${contenders.map(({ name, version }) => line([name, escaped(version)])).join('\n')}

${tables.join('\n\n')}

${fftPart(fftFile)}

## Measure it on your machine

\`\`\`sh
${command}
\`\`\`
`;
}

/** Real FFTs beside other packages and numpy. */
function fftPart(file) {
  const { date, machine, command, contenders, rows } = JSON.parse(readFileSync(file, 'utf8'));
  const [first, ...others] = contenders.map(({ name }) => name);
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const us = ({ median }) =>
    median >= 0.1 ? (1000 * median).toFixed(0) : (1000 * median).toPrecision(3);
  return [
    '## Real FFTs',
    `${contenders.map(({ name, version }) => `${name} (${escaped(version)})`).join(', ')}. ${machine}, ${date.slice(0, 10)}.`,
    [
      line(['length', `${first}, µs`, ...others]),
      line(['---', '---:', ...others.map(() => '---:')]),
      ...rows.map(({ shape, times }) =>
        line([
          shape.join('×'),
          us(times[first]),
          ...others.map((name) => (times[name] ? `×${times[name].ratio.toPrecision(3)}` : '–')),
        ]),
      ),
    ].join('\n'),
    `\`\`\`sh\n${command}\n\`\`\``,
  ].join('\n\n');
}

function ratio(timing) {
  if (!timing) return '';
  return 'median' in timing ? `×${timing.ratio.toPrecision(3)}` : 'cannot';
}

function ms(value) {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function escaped(text) {
  return text.replace(/[|<>{}]/g, (character) => `&#${character.charCodeAt(0)};`);
}
