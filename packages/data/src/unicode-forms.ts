/** The composed Unicode form (NFC) of a name: `é` is one character on every system. */
export function inOneForm(name: string): string {
  return name.normalize('NFC');
}

/** A note for each name that occurs in several Unicode forms. */
export function notesOfForms(where: string, names: Iterable<string>): string[] {
  const forms = new Map<string, number>();
  for (const name of new Set(names)) {
    forms.set(inOneForm(name), (forms.get(inOneForm(name)) ?? 0) + 1);
  }
  return [...forms].flatMap(([name, count]) =>
    count > 1 ? [`${where}: '${name}' occurs in ${count} Unicode forms, read as one class`] : [],
  );
}
