import type { DataId, DataType, KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';

/** The data of a tensor: on the device, on the host, or on both after a read. */
export interface WebGpuTensorData {
  values: ArrayLike<number> | null | undefined;
  resource?: GPUBuffer | null;
  dtype: DataType;
  shape: number[];
  refCount: number;
}

/** A uniform in tfjs's form. */
export interface ProgramUniform {
  type: 'int32' | 'uint32' | 'float32';
  data: number[];
}

/** A compute program in the form that tfjs compiles and dispatches. */
export interface WebGpuProgram {
  variableNames: string[];
  /** Values per element of each input: 4 declares it as an array of `vec4`. */
  variableComponents?: number[];
  outputShape: number[];
  /** WGSL members, each `name : type,`. */
  uniforms?: string;
  workgroupSize: [number, number, number];
  dispatchLayout: { x: number[]; y?: number[]; z?: number[] };
  dispatch: [number, number, number];
  /** Programs with equal keys have equal code. */
  shaderKey: string;
  /** Whether the program needs a uniform `size`. */
  size?: boolean;
  /** Whether the result holds atomic integers, so that many invocations can add to a value. */
  atomic?: boolean;
  getUserCode(): string;
  /**
   * Returns the same program with these inputs in half precision, or `null` if it cannot read them.
   */
  reading?(halves: string[]): WebGpuProgram | null;
}

/** The parts of tfjs's WebGPU backend that this package uses. */
export interface WebGpuBackend extends KernelBackend {
  device: GPUDevice;
  queue: GPUQueue;
  tensorMap: {
    get(id: DataId): WebGpuTensorData;
    set(id: DataId, data: WebGpuTensorData): void;
    has(id: DataId): boolean;
  };
  pipelineCache: Record<string, unknown>;
  commandEncoder: GPUCommandEncoder | null;
  /** Tensors that recorded but unsubmitted commands use. */
  commandQueueOwnedIds: WeakSet<DataId>;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  makeTensorInfo(shape: number[], dtype: DataType, values?: ArrayLike<number>): TensorInfo;
  uploadToGPU(id: DataId): void;
  runWebGPUProgram(
    program: WebGpuProgram,
    inputs: TensorInfo[],
    outputDtype: DataType,
    uniforms?: ProgramUniform[],
    output?: TensorInfo,
  ): TensorInfo;
}
