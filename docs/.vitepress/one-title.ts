import type { MarkdownRenderer } from 'vitepress';

/** Makes the headings of an included page one level deeper, so that a page has one title. */
export function keepOneTitle(markdown: MarkdownRenderer): void {
  markdown.core.ruler.after('block', 'one-title', ({ tokens }) => {
    let hasTitle = false;
    let isIncluded = false;
    for (const token of tokens) {
      if (token.type === 'heading_open' && token.tag === 'h1') {
        isIncluded = hasTitle;
        hasTitle = true;
      }
      if (isIncluded && /^heading_(open|close)$/.test(token.type)) {
        token.tag = `h${Number(token.tag.slice(1)) + 1}`;
      }
    }
  });
}
