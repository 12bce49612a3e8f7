import type { Child } from 'hono/jsx';

/** A table that can be scrolled where the page is too narrow for it. */
export function htmlTable(head: Child[], rows: Child[][]) {
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            {head.map((cell) => (
              <th>{cell}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              {row.map((cell) => (
                <td>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Texts in one cell, a line each. */
export function cellLines(lines: string[]) {
  return lines.map((line) => <div>{line}</div>);
}
