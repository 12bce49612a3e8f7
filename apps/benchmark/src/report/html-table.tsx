import type { Child } from 'hono/jsx';

/** A table that scrolls if the page is too narrow. */
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

/** A cell with one line per text. */
export function cellLines(lines: string[]) {
  return lines.map((line) => <div>{line}</div>);
}
