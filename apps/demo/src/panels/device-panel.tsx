import { signal } from '@preact/signals';
import { backendInUse, wantedBackend } from '../state/backend-state.js';
import { Choice } from '../ui/choice.js';
import { messageOf, WorkerLink } from '../ui/worker-link.js';
import type { Timing } from '../workers/device-api.js';
import { BACKEND_NAMES, PAGE_BACKENDS, type PageBackend } from '../workers/page-backends.js';

interface Measured {
  backend: PageBackend;
  shown: string;
  timings: Timing[];
  error: string | null;
}

const measured = signal<Measured[]>([]);
const isBusy = signal(false);

/** Measures the backends in turn, each in a separate worker. */
async function measure(): Promise<void> {
  isBusy.value = true;
  measured.value = [];
  for (const backend of PAGE_BACKENDS) {
    const link = new WorkerLink();
    let result: Measured;
    try {
      const { backend: shown, timings } = await link.call(({ device }) => device.measure(backend));
      result = { backend, shown, timings, error: null };
    } catch (error) {
      result = { backend, shown: backend, timings: [], error: messageOf(error) };
    }
    link.end();
    measured.value = [...measured.value, result];
  }
  isBusy.value = false;
}

/** Why a backend, or an operation on it, has no time. */
function reasonsOf({ backend, timings, error }: Measured): string[] {
  if (error) return [`${backend}: ${error}`];
  return timings.flatMap(({ operation, because }) =>
    because === undefined ? [] : [`${backend}, ${operation}: ${because}`],
  );
}

/** The backend in use, and the speed of every backend. */
export function DevicePanel() {
  const operations = measured.value.find(({ timings }) => timings.length > 0)?.timings ?? [];
  const fastest = (operation: string) =>
    Math.min(
      ...measured.value.flatMap(({ timings }) =>
        timings.flatMap((t) =>
          t.operation === operation && t.milliseconds !== null ? [t.milliseconds] : [],
        ),
      ),
    );
  return (
    <>
      <p>
        Pictures are pooled on{' '}
        <strong data-testid="backend">{backendInUse.value?.name ?? '…'}</strong>
        {backendInUse.value?.kernels &&
          ` with ${backendInUse.value.kernels} kernels of this project`}
        : {backendInUse.value?.reason ?? 'starting'}.
      </p>
      <div class="row">
        <Choice
          label="Backend"
          value={wantedBackend}
          options={PAGE_BACKENDS.map((name) => [name, BACKEND_NAMES[name]] as const)}
        />
        <button type="button" onClick={measure} disabled={isBusy.value}>
          {isBusy.value ? 'Measuring …' : 'Measure this device'}
        </button>
        <span class="hint" role="status" data-testid="measured">
          {(isBusy.value || measured.value.length > 0) &&
            `${measured.value.length} of ${PAGE_BACKENDS.length} backends measured`}
        </span>
      </div>
      {measured.value.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls on phones, also by keyboard
        <section class="scroll" tabIndex={0} aria-label="Milliseconds by backend">
          <table>
            <thead>
              <tr>
                <th scope="col">milliseconds, 8 images of 32×32</th>
                {measured.value.map(({ backend, shown }) => (
                  <th scope="col" key={backend}>
                    {shown}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {operations.map(({ operation }) => (
                <tr key={operation}>
                  <th scope="row">{operation}</th>
                  {measured.value.map(({ backend, timings }) => {
                    const timing = timings.find((t) => t.operation === operation);
                    const time = timing?.milliseconds ?? null;
                    return (
                      <td key={backend} class={time === fastest(operation) ? 'best' : ''}>
                        {time === null ? '–' : time < 10 ? time.toFixed(2) : time.toFixed(0)}
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
          {measured.value.flatMap(reasonsOf).map((reason) => (
            <p key={reason} class="hint">
              {reason}
            </p>
          ))}
        </section>
      )}
    </>
  );
}
