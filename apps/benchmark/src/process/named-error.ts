/** An error as a thread reports it. A clone of an error would lose the name of its class. */
export interface NamedError {
  name: string;
  message: string;
}

/** The report of what was thrown. */
export function reportError(thrown: unknown): NamedError {
  if (!(thrown instanceof Error)) return { name: 'Error', message: String(thrown) };
  return { name: thrown.name, message: thrown.message };
}

/** An error with the name and the message of a report. */
export function errorOf({ name, message }: NamedError): Error {
  return Object.assign(new Error(message), { name });
}
