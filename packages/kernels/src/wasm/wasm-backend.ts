import type { DataId, DataType, KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';

/** The part of tfjs's wasm backend that a second module needs to use its memory. */
export interface WasmBackend extends KernelBackend {
  wasm: {
    asm?: { memory?: WebAssembly.Memory };
    /** Never returns 0 after `guardAllocations` has replaced it. */
    _malloc(bytes: number): number;
    _free(address: number): void;
    /** tfjs's module calls this when it aborts. */
    onAbort?: (reason: unknown) => void;
  };
  dataIdMap: { get(id: DataId): { memoryOffset: number } };
  makeOutput(shape: number[], dtype: DataType): TensorInfo;
}
