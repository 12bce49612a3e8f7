import type { DataId, DataType, KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';

/** Where tfjs keeps a tensor: on the device, on the host, or both once it was read. */
export interface WebGpuTensorData {
  values: ArrayLike<number> | null | undefined;
  resource?: GPUBuffer | null;
  dtype: DataType;
  shape: number[];
  refCount: number;
}

/** A uniform as tfjs hands it to a program. */
export interface ProgramUniform {
  type: 'int32' | 'uint32' | 'float32';
  data: number[];
}

/** A compute program as tfjs compiles and dispatches it. */
export interface WebGpuProgram {
  variableNames: string[];
  /** How many values of each input the code reads at a time: 4 makes it an array of `vec4`. */
  variableComponents?: number[];
  outputShape: number[];
  /** WGSL members, each behind a `name : type,`. */
  uniforms?: string;
  workgroupSize: [number, number, number];
  dispatchLayout: { x: number[]; y?: number[]; z?: number[] };
  dispatch: [number, number, number];
  /** Equal keys mean equal code. */
  shaderKey: string;
  /** Whether a uniform `size` is wanted. */
  size?: boolean;
  /** Whether the result holds atomic integers, to which many invocations can add. */
  atomic?: boolean;
  getUserCode(): string;
  /** The same program with these of its inputs in half precision, if it can read them so. */
  reading?(halves: string[]): WebGpuProgram | null;
}

/** The parts of tfjs's WebGPU backend that kernels of one's own need. */
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
  /** Tensors that what is recorded but not submitted works on. */
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
