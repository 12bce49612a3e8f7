/**
 * The preset of a report's runs: the given one, or the one that the report names, or `full` where
 * the report follows a published protocol; otherwise `undefined`.
 */
export function presetOf(page, given) {
  const [, named] = page.match(/\(preset <code>([^<]+)/) ?? [];
  return given ?? named ?? (page.includes('This follows ') ? 'full' : undefined);
}
