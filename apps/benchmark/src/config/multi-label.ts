/** Whether a sound of a run has several labels. */
export function isMultiLabel({ sounds }: { sounds?: { labelSeparator?: string } }): boolean {
  return sounds?.labelSeparator !== undefined;
}
