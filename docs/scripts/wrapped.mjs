// Texts in lines of a width.

const WIDTH = 100;

/** Breaks paragraphs into lines. A table keeps its lines. */
export function wrapped(text, indent = '') {
  return text
    .split('\n')
    .map((line) => (line.startsWith('|') ? line : wrappedLine(line, indent)))
    .join('\n');
}

function wrappedLine(text, indent) {
  const lines = [''];
  for (const word of text.split(' ').filter((one) => one !== '')) {
    const last = lines.at(-1);
    if (last === '') lines[lines.length - 1] = word;
    else if (indent.length + last.length + 1 + word.length <= WIDTH) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines.map((line) => (line === '' ? line : indent + line)).join('\n');
}
