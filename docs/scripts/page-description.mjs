import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The longest description that search engines show. */
const LENGTH = 160;

/** The description of a page: its first sentences, as plain text. */
export function pageDescription(folder, file) {
  const text = readFileSync(path.join(folder, file), 'utf8');
  const paragraphs = text
    .replace(/^---\n[\s\S]*?\n---\n/, '')
    .replace(/^(```+)[\s\S]*?\n\1$/gm, '')
    .replace(/<!--[\s\S]*?-->/g, '')
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.trim());
  return shortened(plain(paragraphs.find((paragraph) => /^[^#\s|<>[\-*!:]/.test(paragraph)) ?? ''));
}

function plain(markdown) {
  return (
    markdown
      .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[`*]|\$+/g, '')
      .replace(/\s+/g, ' ')
      // A sentence with a colon announces what the description does not have.
      .replace(/(?<=[.!?]) [^.!?]*:$/, '')
      .replace(/:$/, '.')
  );
}

/** Whole sentences if one fits, else whole words. */
function shortened(text) {
  if (text.length <= LENGTH) return text;
  const start = text.slice(0, LENGTH);
  const sentences = /^.*[.!?](?= )/.exec(start)?.[0];
  return sentences ?? `${start.slice(0, start.lastIndexOf(' '))} …`;
}
