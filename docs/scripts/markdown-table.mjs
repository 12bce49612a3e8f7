/**
 * A table as Markdown.
 *
 * @param {string[]} head
 * @param {(string | number)[][]} rows
 * @param {string[]} alignment The second line, one entry for each column. Default: `---`, the left.
 */
export function markdownTable(head, rows, alignment = head.map(() => '---')) {
  return [head, alignment, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
