import { format, inspect } from 'node-inspect-extracted';

type Level = 'log' | 'warn' | 'error';
type Print = (level: Level, text: string) => void;

/** The label of counters and timers that have none. */
const DEFAULT = 'default';

/** The methods of `console` that print, as lines of text. Tables and trees are in a simple form. */
export function consoleMethods(print: Print, now = () => performance.now()) {
  /** The spaces before each line of the open groups. */
  let indent = '';
  const starts = new Map<string, number>();
  const counts = new Map<string, number>();

  const line = (level: Level, text: string) => print(level, text.replace(/^/gm, indent));
  const at =
    (level: Level) =>
    (...values: unknown[]) =>
      line(level, format(...values));
  const open = (...label: unknown[]) => {
    if (label.length > 0) line('log', format(...label));
    indent += '  ';
  };
  const timed = (label: string, values: unknown[]) => {
    const start = starts.get(label);
    if (start === undefined) return line('warn', `There is no timer '${label}'.`);
    const rest = values.length > 0 ? ` ${format(...values)}` : '';
    line('log', `${label}: ${(now() - start).toFixed(2)} ms${rest}`);
  };

  return {
    log: at('log'),
    info: at('log'),
    debug: at('log'),
    warn: at('warn'),
    error: at('error'),
    dirxml: at('log'),
    dir: (value: unknown) => line('log', inspect(value)),
    table: (value: unknown) => line('log', typeof value === 'string' ? value : inspect(value)),
    group: open,
    groupCollapsed: open,
    groupEnd() {
      indent = indent.slice(2);
    },
    assert(isTrue?: unknown, ...values: unknown[]) {
      if (isTrue) return;
      line('error', `Assertion failed${values.length > 0 ? `: ${format(...values)}` : ''}`);
    },
    trace: (...values: unknown[]) => {
      line('log', values.length > 0 ? `Trace: ${format(...values)}` : 'Trace');
    },
    count(label = DEFAULT) {
      const count = (counts.get(label) ?? 0) + 1;
      counts.set(label, count);
      line('log', `${label}: ${count}`);
    },
    countReset(label = DEFAULT) {
      counts.delete(label);
    },
    time(label = DEFAULT) {
      starts.set(label, now());
    },
    timeLog: (label = DEFAULT, ...values: unknown[]) => timed(label, values),
    timeEnd(label = DEFAULT) {
      timed(label, []);
      starts.delete(label);
    },
  };
}
