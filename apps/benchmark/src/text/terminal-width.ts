/** The width of a terminal, or `COLUMNS`. Other outputs have no limit. */
export function columnsOf(output: { columns?: number }): number {
  const said = Number(process.env.COLUMNS);
  return output.columns || (said > 0 ? said : Number.POSITIVE_INFINITY);
}

/** Lines are not wrapped below this width, since few words would fit. */
const NARROWEST = 20;

/**
 * Wraps a text to a number of columns. A table that is too wide loses its frame. If it is still too
 * wide, it becomes a list with one line per cell. Other lines are wrapped between words. A word
 * that is too long stays whole.
 */
export function fitted(text: string, columns: number): string {
  const width = Math.max(columns, NARROWEST);
  const out: string[] = [];
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const end = lines[i]!.startsWith('┌') ? lines.findIndex((l, j) => j > i && l[0] === '└') : -1;
    if (end < 0 || lines[i]!.length <= width) {
      out.push(...broken(lines[i]!, width));
      continue;
    }
    const table = lines.slice(i + 1, end);
    out.push(...(unframed(table, width) ?? listed(table, width)));
    i = end;
  }
  return out.join('\n');
}

/** The same table without its frame and with a line below its head; `null` if that is too wide. */
function unframed(lines: string[], width: number): string[] | null {
  const rows = lines
    .filter((line) => !line.startsWith('├'))
    .map((line) => line.slice(2, -2).split(' │ ').join('  '));
  const columns = rows[0]!.length;
  if (columns > width) return null;
  const head = lines.findIndex((line) => line.startsWith('├'));
  return [...rows.slice(0, head), '─'.repeat(columns), ...rows.slice(head)].map((row) =>
    row.trimEnd(),
  );
}

/** Converts a framed table to a list. Its first row holds the column names. */
function listed(lines: string[], width: number): string[] {
  const rows: string[][][] = [[]];
  for (const line of lines) {
    if (line.startsWith('├')) rows.push([]);
    else {
      const cells = line.slice(1, -1).split('│');
      rows.at(-1)!.push(cells.map((cell) => cell.trim()));
    }
  }
  const [heads, ...bodies] = rows.map((row) =>
    row[0]!.map((_, column) => row.map((cells) => cells[column]!).filter(Boolean)),
  );
  return bodies.flatMap((cells) =>
    cells.flatMap((parts, column) => {
      const head = heads![column]!.join(' ');
      const indent = column === 0 ? '' : '  ';
      return parts.flatMap((part, i) =>
        broken(`${indent}${i === 0 && head ? `${head}: ` : i === 0 ? '' : '  '}${part}`, width),
      );
    }),
  );
}

/** Wraps a line to a number of columns. Continuation lines keep the indent of the first. */
function broken(line: string, width: number): string[] {
  if (line.length <= width) return [line];
  const indent = /^ */.exec(line)![0];
  const pieces: string[] = [];
  let piece = indent;
  for (const word of line.trimStart().split(' ')) {
    const longer = piece === indent ? `${piece}${word}` : `${piece} ${word}`;
    if (longer.length > width && piece !== indent) {
      pieces.push(piece);
      piece = `${indent}${word}`;
    } else piece = longer;
  }
  return [...pieces, piece];
}
