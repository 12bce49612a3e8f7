/**
 * A file of the page.
 *
 * @param what it in words, which begin a sentence
 * @throws Error for the reader if it could not be loaded
 */
export async function pageFile(address: string, what: string): Promise<Blob> {
  const response = await fetch(address).catch(() => null);
  if (!response) {
    throw new Error(`${what} could not be loaded. Connect to the network and try again.`);
  }
  if (!response.ok) throw new Error(`${what} could not be loaded (${response.status}).`);
  return response.blob();
}
