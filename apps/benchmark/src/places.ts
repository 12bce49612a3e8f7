// The addresses of threads, scripts and data. They hold for this file and for the built one, which
// both lie one folder below the package.

/** The modules of threads, in `dist`. */
export const THREADS = {
  run: new URL('./run/run-worker.js', import.meta.url),
  replica: new URL('./run/run-replica.js', import.meta.url),
  table: new URL('./queue/table-thread.js', import.meta.url),
  speed: new URL('./speed/speed-worker.js', import.meta.url),
  speedOfJax: new URL('./speed/jax-worker.js', import.meta.url),
  speedOfReplicas: new URL('./speed/replica-worker.js', import.meta.url),
};

/** The programs in Python that `speed` starts. */
export const PYTHON = {
  torch: new URL('../python/speed_torch.py', import.meta.url),
  numpy: new URL('../python/speed_numpy.py', import.meta.url),
};

/** The folder of the stored results, in a clone of the repository. */
export const RESULTS = new URL('../../../docs/results', import.meta.url);

/** The project's licence, a text in English prose, in a clone of the repository. */
export const LICENSE = new URL('../../../LICENSE', import.meta.url);
