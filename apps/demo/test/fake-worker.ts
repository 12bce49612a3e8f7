import { expose } from 'comlink';

/** A worker in this thread. It has the functions that {@link FakeWorker.apis} makes for it. */
export class FakeWorker {
  static apis: () => unknown;
  /** All that were started, and their ends. */
  static started: FakeWorker[] = [];

  onerror: (event: { message: string }) => void = () => {};
  readonly #channel = new MessageChannel();

  constructor() {
    expose(FakeWorker.apis(), this.#channel.port2);
    this.#channel.port1.start();
    FakeWorker.started.push(this);
  }

  crash(): void {
    this.terminate();
    this.onerror({ message: 'out of memory' });
  }

  terminate(): void {
    this.#channel.port1.close();
  }

  postMessage(message: unknown, transfer: Transferable[] = []): void {
    this.#channel.port1.postMessage(message, transfer);
  }

  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void {
    this.#channel.port1.addEventListener(type, listener);
  }

  removeEventListener(type: 'message', listener: (event: MessageEvent) => void): void {
    this.#channel.port1.removeEventListener(type, listener);
  }
}
