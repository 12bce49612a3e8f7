/** Formats a duration in a suitable unit: `3.4 h`. */
export function duration(seconds: number): string {
  const units: [string, number][] = [
    ['years', 365.25 * 86_400],
    ['days', 86_400],
    ['h', 3_600],
    ['min', 60],
    ['s', 1],
  ];
  const [unit, size] = units.find(([, size]) => seconds >= 2 * size) ?? ['s', 1];
  return `${Number((seconds / size).toPrecision(3))} ${unit}`;
}

/** Formats the time since something in one short word: `12m`, `3d`. */
export function age(seconds: number): string {
  const units: [string, number][] = [
    ['d', 86_400],
    ['h', 3_600],
    ['m', 60],
  ];
  const [unit, size] = units.find(([, size]) => seconds >= size) ?? ['s', 1];
  return `${Math.max(0, Math.floor(seconds / size))}${unit}`;
}

/** Formats a quantity with an SI prefix: `1.2 TFLOP`. */
export function quantity(value: number, unit: string): string {
  const prefixes = ['', 'k', 'M', 'G', 'T', 'P', 'E', 'Z'];
  const power = value > 0 ? Math.min(prefixes.length - 1, Math.floor(Math.log10(value) / 3)) : 0;
  return `${(value / 1000 ** power).toPrecision(3)} ${prefixes[power]}${unit}`;
}
