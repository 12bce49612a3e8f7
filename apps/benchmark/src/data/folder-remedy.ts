import type { RunConfig } from '../config/run-config.js';

/** Describes the required layout of a custom dataset, for error messages. */
function remedyFor({ dataset, sounds }: Pick<RunConfig, 'dataset' | 'sounds'>): string | null {
  if (dataset === 'imagefolder') {
    return (
      'put the pictures into train/<class>/ and val/<class>/ inside the folder of --data, ' +
      'at least two classes with pictures on both sides'
    );
  }
  if (sounds?.layout === 'folder') {
    return (
      'put the sounds into <class>/ inside the folder of --data, at least two classes; ' +
      'if a side stays empty, decide the sides with train/<class>/ and test/<class>/'
    );
  }
  return null;
}

/**
 * Opens a folder of custom files.
 *
 * @throws Error with the problem of the folder and the required layout of its files.
 */
export async function openOwnFolder<Opened>(
  config: Pick<RunConfig, 'dataset' | 'sounds'>,
  open: () => Promise<Opened>,
): Promise<Opened> {
  try {
    return await open();
  } catch (error) {
    const remedy = remedyFor(config);
    if (remedy === null || !(error instanceof Error)) throw error;
    throw new Error(`${error.message}; ${remedy}`, { cause: error });
  }
}
