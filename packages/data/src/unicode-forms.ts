/** A name in the composed form of Unicode (NFC): `é` is one character, whichever disk it came from. */
export function inOneForm(name: string): string {
  return name.normalize('NFC');
}

/** A note for each name that comes in several forms of Unicode. */
export function notesOfForms(where: string, names: Iterable<string>): string[] {
  const forms = new Map<string, number>();
  for (const name of new Set(names)) {
    forms.set(inOneForm(name), (forms.get(inOneForm(name)) ?? 0) + 1);
  }
  return [...forms].flatMap(([name, count]) =>
    count > 1 ? [`${where}: '${name}' is written in ${count} Unicode forms, and is one class`] : [],
  );
}
