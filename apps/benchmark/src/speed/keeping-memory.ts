/**
 * The environment of a native contender. glibc keeps the memory of large arrays in it. By default
 * glibc returns them to the system. New pages for each result can then take several times as long
 * as the computation.
 */
export function keepingMemory(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    MALLOC_MMAP_MAX_: '0',
    MALLOC_TRIM_THRESHOLD_: String(2 ** 34),
  };
}
