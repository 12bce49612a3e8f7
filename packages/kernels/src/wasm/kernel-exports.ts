// Written by `scripts/build-wasm.mjs` from the AssemblyScript sources. Do not edit it.

/** The mark of both modules. A module with another mark belongs to other JavaScript. */
export const BUILD = 'fd34aa34';

/** The kernels of the WebAssembly module. Sizes are in elements, addresses in bytes. */
export interface KernelExports {
  averagePool(given: {
    x: number;
    y: number;
    inHeight: number;
    inWidth: number;
    outHeight: number;
    outWidth: number;
    channels: number;
    height: number;
    width: number;
    strideHeight: number;
    strideWidth: number;
    top: number;
    left: number;
  }): void;
  averagePoolGradient(given: {
    dy: number;
    dx: number;
    inHeight: number;
    inWidth: number;
    outHeight: number;
    outWidth: number;
    channels: number;
    height: number;
    width: number;
    strideHeight: number;
    strideWidth: number;
    top: number;
    left: number;
  }): void;
  axisTaps(given: {
    x: number;
    y: number;
    starts: number;
    indices: number;
    weights: number;
    outer: number;
    size: number;
    outputs: number;
    inner: number;
  }): void;
  batchNormForward(given: {
    x: number;
    gamma: number;
    beta: number;
    y: number;
    mean: number;
    variance: number;
    scratch: number;
    rows: number;
    channels: number;
    epsilon: number;
  }): void;
  batchNormForwardScratch(given: {
    channels: number;
  }): number;
  batchNormBackward(given: {
    dy: number;
    x: number;
    mean: number;
    variance: number;
    gamma: number;
    dx: number;
    dgamma: number;
    dbeta: number;
    scratch: number;
    rows: number;
    channels: number;
    epsilon: number;
  }): void;
  batchNormBackwardScratch(given: {
    channels: number;
  }): number;
  normalise(given: {
    x: number;
    mean: number;
    scale: number;
    offset: number;
    y: number;
    rows: number;
    channels: number;
  }): void;
  activate(given: {
    y: number;
    bias: number;
    slope: number;
    rows: number;
    period: number;
    activation: number;
  }): void;
  convolutionForward(given: {
    x: number;
    f: number;
    y: number;
    scratch: number;
  }): void;
  convolutionForwardScratch(given: {
    inChannels: number;
    outWidth: number;
    outChannels: number;
    filterHeight: number;
    filterWidth: number;
    strideWidth: number;
    dilationWidth: number;
  }): number;
  convolutionFilterGradient(given: {
    x: number;
    dy: number;
    df: number;
    scratch: number;
  }): void;
  convolutionFilterGradientScratch(given: {
    inChannels: number;
    outWidth: number;
    outChannels: number;
    filterHeight: number;
    filterWidth: number;
    strideWidth: number;
    dilationWidth: number;
  }): number;
  convolutionInputGradient(given: {
    dy: number;
    ft: number;
    dx: number;
    scratch: number;
  }): void;
  convolutionInputGradientScratch(given: {
    inChannels: number;
    outWidth: number;
  }): number;
  writeConvolutionShape(given: {
    scratch: number;
    batch: number;
    inHeight: number;
    inWidth: number;
    inChannels: number;
    outHeight: number;
    outWidth: number;
    outChannels: number;
    filterHeight: number;
    filterWidth: number;
    strideHeight: number;
    strideWidth: number;
    dilationHeight: number;
    dilationWidth: number;
    top: number;
    left: number;
  }): void;
  turnedFilterFloats(given: {
    taps: number;
    inChannels: number;
    outChannels: number;
  }): number;
  turnFilter(given: {
    f: number;
    target: number;
    taps: number;
    inChannels: number;
    outChannels: number;
    isRotated: boolean;
  }): void;
  winograd(given: {
    x: number;
    f: number;
    y: number;
    scratch: number;
    batch: number;
    inHeight: number;
    inWidth: number;
    inChannels: number;
    outHeight: number;
    outWidth: number;
    outChannels: number;
    top: number;
    left: number;
    isRotated: boolean;
  }): void;
  winogradScratch(given: {
    inChannels: number;
    outChannels: number;
  }): number;
  winogradFilterGradient(given: {
    x: number;
    dy: number;
    df: number;
    scratch: number;
    batch: number;
    inHeight: number;
    inWidth: number;
    inChannels: number;
    outHeight: number;
    outWidth: number;
    outChannels: number;
    top: number;
    left: number;
  }): void;
  winogradFilterScratch(given: {
    inChannels: number;
    outChannels: number;
  }): number;
  winogradLarge(given: {
    x: number;
    f: number;
    y: number;
    scratch: number;
    batch: number;
    inHeight: number;
    inWidth: number;
    inChannels: number;
    outHeight: number;
    outWidth: number;
    outChannels: number;
    top: number;
    left: number;
    isRotated: boolean;
  }): void;
  winogradLargeScratch(given: {
    inWidth: number;
    inChannels: number;
    outWidth: number;
    outChannels: number;
  }): number;
  winogradLargeFilterGradient(given: {
    x: number;
    dy: number;
    df: number;
    scratch: number;
    batch: number;
    inHeight: number;
    inWidth: number;
    inChannels: number;
    outHeight: number;
    outWidth: number;
    outChannels: number;
    top: number;
    left: number;
  }): void;
  winogradLargeFilterScratch(given: {
    inWidth: number;
    inChannels: number;
    outWidth: number;
    outChannels: number;
  }): number;
  depthwiseFilterGradient(given: {
    x: number;
    dy: number;
    df: number;
    batch: number;
    inHeight: number;
    inWidth: number;
    channels: number;
    outHeight: number;
    outWidth: number;
    filterHeight: number;
    filterWidth: number;
    strideHeight: number;
    strideWidth: number;
    dilationHeight: number;
    dilationWidth: number;
    top: number;
    left: number;
  }): void;
  depthwiseForward(given: {
    x: number;
    f: number;
    y: number;
    batch: number;
    inHeight: number;
    inWidth: number;
    channels: number;
    outHeight: number;
    outWidth: number;
    filterHeight: number;
    filterWidth: number;
    strideHeight: number;
    strideWidth: number;
    dilationHeight: number;
    dilationWidth: number;
    top: number;
    left: number;
  }): void;
  depthwiseInputGradient(given: {
    dy: number;
    f: number;
    dx: number;
    batch: number;
    inHeight: number;
    inWidth: number;
    channels: number;
    outHeight: number;
    outWidth: number;
    filterHeight: number;
    filterWidth: number;
    strideHeight: number;
    strideWidth: number;
    dilationHeight: number;
    dilationWidth: number;
    top: number;
    left: number;
  }): void;
  repeatValues(given: {
    x: number;
    y: number;
    count: number;
    times: number;
  }): void;
  sumRuns(given: {
    x: number;
    y: number;
    count: number;
    size: number;
  }): void;
  diffStrideGradient(given: {
    x: number;
    dy: number;
    rows: number;
    columns: number;
    skewColumns: number;
    rowInputWaves: number;
    rowOutputWaves: number;
    rowSlopes: number;
    rowSkewSlopes: number;
    rowSkews: number;
    columnInputWaves: number;
    columnOutputWaves: number;
    columnSlopes: number;
    halves: number;
    scratch: number;
    batch: number;
    inHeight: number;
    inWidth: number;
    channels: number;
    outHeight: number;
    outWidth: number;
    rowBins: number;
    columnBins: number;
    skewed: number;
    isSkew: boolean;
  }): void;
  diffStrideGradientScratch(given: {
    inHeight: number;
    inWidth: number;
    channels: number;
    outHeight: number;
    outWidth: number;
    rowBins: number;
    columnBins: number;
  }): number;
  compare(given: {
    a: number;
    b: number;
    y: number;
    count: number;
    isOneA: boolean;
    isOneB: boolean;
    op: number;
  }): void;
  extreme(given: {
    a: number;
    b: number;
    y: number;
    count: number;
    isOneA: boolean;
    isOneB: boolean;
    isLargest: boolean;
  }): void;
  bothTrue(given: {
    a: number;
    b: number;
    y: number;
    count: number;
  }): void;
  leakyRelu(given: {
    x: number;
    y: number;
    count: number;
    slope: number;
  }): void;
  relu(given: {
    x: number;
    y: number;
    count: number;
  }): void;
  select(given: {
    condition: number;
    t: number;
    e: number;
    y: number;
    count: number;
  }): void;
  forwardPlanes32(given: {
    plan: number;
    count: number;
    x: number;
    real: number;
    imag: number;
    factor: number;
  }): void;
  inversePlanes32(given: {
    plan: number;
    count: number;
    real: number;
    imag: number;
    x: number;
    factor: number;
  }): void;
  makePlane32(given: {
    plan: number;
    height: number;
    width: number;
  }): void;
  planeBytes32(given: {
    height: number;
    width: number;
  }): number;
  leftMultiply(given: {
    a: number;
    x: number;
    y: number;
    scratch: number;
    batch: number;
    m: number;
    k: number;
    n: number;
  }): void;
  leftMultiplyGradient(given: {
    dy: number;
    x: number;
    da: number;
    batch: number;
    m: number;
    k: number;
    n: number;
  }): void;
  leftMultiplyScratch(given: {
    m: number;
    k: number;
  }): number;
  matrixProduct(given: {
    a: number;
    x: number;
    y: number;
    scratch: number;
    m: number;
    k: number;
    n: number;
  }): void;
  copyLines(given: {
    from: number;
    fromStep: number;
    to: number;
    toStep: number;
    bytes: number;
    count: number;
  }): void;
  regionMax(given: {
    x: number;
    y: number;
    rows: number;
    columns: number;
    batch: number;
    height: number;
    width: number;
    channels: number;
    outRows: number;
    outColumns: number;
  }): void;
  regionMaxGradient(given: {
    x: number;
    dy: number;
    dx: number;
    rows: number;
    columns: number;
    batch: number;
    height: number;
    width: number;
    channels: number;
    outRows: number;
    outColumns: number;
  }): void;
  resampleColumnsFirst(given: {
    x: number;
    y: number;
    rows: number;
    columns: number;
    analysis: number;
    skewColumns: number;
    synthesis: number;
    scratch: number;
    batch: number;
    inHeight: number;
    inWidth: number;
    channels: number;
    outHeight: number;
    outWidth: number;
    rank: number;
    isFolded: boolean;
  }): void;
  resampleColumnsFirstScratch(given: {
    inHeight: number;
    inWidth: number;
    channels: number;
    outWidth: number;
    rank: number;
  }): number;
  resampleRowsFirst(given: {
    x: number;
    y: number;
    rows: number;
    columns: number;
    analysis: number;
    skewColumns: number;
    synthesis: number;
    scratch: number;
    batch: number;
    inHeight: number;
    inWidth: number;
    channels: number;
    outHeight: number;
    outWidth: number;
    rank: number;
    isFolded: boolean;
  }): void;
  resampleRowsFirstScratch(given: {
    inHeight: number;
    inWidth: number;
    channels: number;
    outHeight: number;
    outWidth: number;
    rank: number;
  }): number;
  resampleMatrixGradients(given: {
    x: number;
    dy: number;
    rows: number;
    columnsTransposed: number;
    analysis: number;
    skewColumns: number;
    synthesisTransposed: number;
    dRows: number;
    dColumns: number;
    dSynthesis: number;
    dSkewColumns: number;
    scratch: number;
    batch: number;
    inHeight: number;
    inWidth: number;
    channels: number;
    outHeight: number;
    outWidth: number;
    rank: number;
    isFolded: boolean;
  }): void;
  resampleMatrixGradientsScratch(given: {
    inHeight: number;
    inWidth: number;
    channels: number;
    outHeight: number;
    outWidth: number;
    rank: number;
  }): number;
  blockSums(given: {
    x: number;
    y: number;
    rows: number;
    columns: number;
    height: number;
    width: number;
    channels: number;
  }): void;
  sgdMomentum(given: {
    value: number;
    next: number;
    velocity: number;
    gradient: number;
    count: number;
    rate: number;
    momentum: number;
    isNesterov: boolean;
  }): void;
  clamp(given: {
    x: number;
    y: number;
    count: number;
    low: number;
    high: number;
  }): void;
  clampGradient(given: {
    dy: number;
    x: number;
    dx: number;
    count: number;
    low: number;
    high: number;
  }): void;
  columnSums(given: {
    x: number;
    y: number;
    outer: number;
    rows: number;
    columns: number;
  }): void;
  reluGradient(given: {
    dy: number;
    x: number;
    dx: number;
    count: number;
  }): void;
  rowSums(given: {
    x: number;
    y: number;
    rows: number;
    columns: number;
    divisor: number;
  }): void;
  evenCount(given: {
    n: number;
  }): number;
  prepareMatrix(given: {
    a: number;
    rowStep: number;
    columnStep: number;
    m: number;
    k: number;
    isFolded: boolean;
    scale: number;
    table: number;
  }): void;
  tableFloats(given: {
    m: number;
    k: number;
  }): number;
  productRounds(given: {
    a: number;
    x: number;
    y: number;
    rounds: number;
  }): void;
  productSteps(): number;
  wideRounds(given: {
    a: number;
    x: number;
    y: number;
    rounds: number;
  }): void;
  setWideTiles(given: {
    on: boolean;
  }): void;
}

/** The module's own functions. They take their arguments by position. */
type Positional = Record<keyof KernelExports, (...given: unknown[]) => never>;

/** Wraps a module's functions, so that they take their arguments by name. */
export function byName(exports: WebAssembly.Exports): KernelExports {
  const kernels = exports as Positional;
  return {
    averagePool: (given) =>
      kernels.averagePool(
        given.x,
        given.y,
        given.inHeight,
        given.inWidth,
        given.outHeight,
        given.outWidth,
        given.channels,
        given.height,
        given.width,
        given.strideHeight,
        given.strideWidth,
        given.top,
        given.left,
      ),
    averagePoolGradient: (given) =>
      kernels.averagePoolGradient(
        given.dy,
        given.dx,
        given.inHeight,
        given.inWidth,
        given.outHeight,
        given.outWidth,
        given.channels,
        given.height,
        given.width,
        given.strideHeight,
        given.strideWidth,
        given.top,
        given.left,
      ),
    axisTaps: (given) =>
      kernels.axisTaps(
        given.x,
        given.y,
        given.starts,
        given.indices,
        given.weights,
        given.outer,
        given.size,
        given.outputs,
        given.inner,
      ),
    batchNormForward: (given) =>
      kernels.batchNormForward(
        given.x,
        given.gamma,
        given.beta,
        given.y,
        given.mean,
        given.variance,
        given.scratch,
        given.rows,
        given.channels,
        given.epsilon,
      ),
    batchNormForwardScratch: (given) =>
      kernels.batchNormForwardScratch(
        given.channels,
      ),
    batchNormBackward: (given) =>
      kernels.batchNormBackward(
        given.dy,
        given.x,
        given.mean,
        given.variance,
        given.gamma,
        given.dx,
        given.dgamma,
        given.dbeta,
        given.scratch,
        given.rows,
        given.channels,
        given.epsilon,
      ),
    batchNormBackwardScratch: (given) =>
      kernels.batchNormBackwardScratch(
        given.channels,
      ),
    normalise: (given) =>
      kernels.normalise(
        given.x,
        given.mean,
        given.scale,
        given.offset,
        given.y,
        given.rows,
        given.channels,
      ),
    activate: (given) =>
      kernels.activate(
        given.y,
        given.bias,
        given.slope,
        given.rows,
        given.period,
        given.activation,
      ),
    convolutionForward: (given) =>
      kernels.convolutionForward(
        given.x,
        given.f,
        given.y,
        given.scratch,
      ),
    convolutionForwardScratch: (given) =>
      kernels.convolutionForwardScratch(
        given.inChannels,
        given.outWidth,
        given.outChannels,
        given.filterHeight,
        given.filterWidth,
        given.strideWidth,
        given.dilationWidth,
      ),
    convolutionFilterGradient: (given) =>
      kernels.convolutionFilterGradient(
        given.x,
        given.dy,
        given.df,
        given.scratch,
      ),
    convolutionFilterGradientScratch: (given) =>
      kernels.convolutionFilterGradientScratch(
        given.inChannels,
        given.outWidth,
        given.outChannels,
        given.filterHeight,
        given.filterWidth,
        given.strideWidth,
        given.dilationWidth,
      ),
    convolutionInputGradient: (given) =>
      kernels.convolutionInputGradient(
        given.dy,
        given.ft,
        given.dx,
        given.scratch,
      ),
    convolutionInputGradientScratch: (given) =>
      kernels.convolutionInputGradientScratch(
        given.inChannels,
        given.outWidth,
      ),
    writeConvolutionShape: (given) =>
      kernels.writeConvolutionShape(
        given.scratch,
        given.batch,
        given.inHeight,
        given.inWidth,
        given.inChannels,
        given.outHeight,
        given.outWidth,
        given.outChannels,
        given.filterHeight,
        given.filterWidth,
        given.strideHeight,
        given.strideWidth,
        given.dilationHeight,
        given.dilationWidth,
        given.top,
        given.left,
      ),
    turnedFilterFloats: (given) =>
      kernels.turnedFilterFloats(
        given.taps,
        given.inChannels,
        given.outChannels,
      ),
    turnFilter: (given) =>
      kernels.turnFilter(
        given.f,
        given.target,
        given.taps,
        given.inChannels,
        given.outChannels,
        given.isRotated,
      ),
    winograd: (given) =>
      kernels.winograd(
        given.x,
        given.f,
        given.y,
        given.scratch,
        given.batch,
        given.inHeight,
        given.inWidth,
        given.inChannels,
        given.outHeight,
        given.outWidth,
        given.outChannels,
        given.top,
        given.left,
        given.isRotated,
      ),
    winogradScratch: (given) =>
      kernels.winogradScratch(
        given.inChannels,
        given.outChannels,
      ),
    winogradFilterGradient: (given) =>
      kernels.winogradFilterGradient(
        given.x,
        given.dy,
        given.df,
        given.scratch,
        given.batch,
        given.inHeight,
        given.inWidth,
        given.inChannels,
        given.outHeight,
        given.outWidth,
        given.outChannels,
        given.top,
        given.left,
      ),
    winogradFilterScratch: (given) =>
      kernels.winogradFilterScratch(
        given.inChannels,
        given.outChannels,
      ),
    winogradLarge: (given) =>
      kernels.winogradLarge(
        given.x,
        given.f,
        given.y,
        given.scratch,
        given.batch,
        given.inHeight,
        given.inWidth,
        given.inChannels,
        given.outHeight,
        given.outWidth,
        given.outChannels,
        given.top,
        given.left,
        given.isRotated,
      ),
    winogradLargeScratch: (given) =>
      kernels.winogradLargeScratch(
        given.inWidth,
        given.inChannels,
        given.outWidth,
        given.outChannels,
      ),
    winogradLargeFilterGradient: (given) =>
      kernels.winogradLargeFilterGradient(
        given.x,
        given.dy,
        given.df,
        given.scratch,
        given.batch,
        given.inHeight,
        given.inWidth,
        given.inChannels,
        given.outHeight,
        given.outWidth,
        given.outChannels,
        given.top,
        given.left,
      ),
    winogradLargeFilterScratch: (given) =>
      kernels.winogradLargeFilterScratch(
        given.inWidth,
        given.inChannels,
        given.outWidth,
        given.outChannels,
      ),
    depthwiseFilterGradient: (given) =>
      kernels.depthwiseFilterGradient(
        given.x,
        given.dy,
        given.df,
        given.batch,
        given.inHeight,
        given.inWidth,
        given.channels,
        given.outHeight,
        given.outWidth,
        given.filterHeight,
        given.filterWidth,
        given.strideHeight,
        given.strideWidth,
        given.dilationHeight,
        given.dilationWidth,
        given.top,
        given.left,
      ),
    depthwiseForward: (given) =>
      kernels.depthwiseForward(
        given.x,
        given.f,
        given.y,
        given.batch,
        given.inHeight,
        given.inWidth,
        given.channels,
        given.outHeight,
        given.outWidth,
        given.filterHeight,
        given.filterWidth,
        given.strideHeight,
        given.strideWidth,
        given.dilationHeight,
        given.dilationWidth,
        given.top,
        given.left,
      ),
    depthwiseInputGradient: (given) =>
      kernels.depthwiseInputGradient(
        given.dy,
        given.f,
        given.dx,
        given.batch,
        given.inHeight,
        given.inWidth,
        given.channels,
        given.outHeight,
        given.outWidth,
        given.filterHeight,
        given.filterWidth,
        given.strideHeight,
        given.strideWidth,
        given.dilationHeight,
        given.dilationWidth,
        given.top,
        given.left,
      ),
    repeatValues: (given) =>
      kernels.repeatValues(
        given.x,
        given.y,
        given.count,
        given.times,
      ),
    sumRuns: (given) =>
      kernels.sumRuns(
        given.x,
        given.y,
        given.count,
        given.size,
      ),
    diffStrideGradient: (given) =>
      kernels.diffStrideGradient(
        given.x,
        given.dy,
        given.rows,
        given.columns,
        given.skewColumns,
        given.rowInputWaves,
        given.rowOutputWaves,
        given.rowSlopes,
        given.rowSkewSlopes,
        given.rowSkews,
        given.columnInputWaves,
        given.columnOutputWaves,
        given.columnSlopes,
        given.halves,
        given.scratch,
        given.batch,
        given.inHeight,
        given.inWidth,
        given.channels,
        given.outHeight,
        given.outWidth,
        given.rowBins,
        given.columnBins,
        given.skewed,
        given.isSkew,
      ),
    diffStrideGradientScratch: (given) =>
      kernels.diffStrideGradientScratch(
        given.inHeight,
        given.inWidth,
        given.channels,
        given.outHeight,
        given.outWidth,
        given.rowBins,
        given.columnBins,
      ),
    compare: (given) =>
      kernels.compare(
        given.a,
        given.b,
        given.y,
        given.count,
        given.isOneA,
        given.isOneB,
        given.op,
      ),
    extreme: (given) =>
      kernels.extreme(
        given.a,
        given.b,
        given.y,
        given.count,
        given.isOneA,
        given.isOneB,
        given.isLargest,
      ),
    bothTrue: (given) =>
      kernels.bothTrue(
        given.a,
        given.b,
        given.y,
        given.count,
      ),
    leakyRelu: (given) =>
      kernels.leakyRelu(
        given.x,
        given.y,
        given.count,
        given.slope,
      ),
    relu: (given) =>
      kernels.relu(
        given.x,
        given.y,
        given.count,
      ),
    select: (given) =>
      kernels.select(
        given.condition,
        given.t,
        given.e,
        given.y,
        given.count,
      ),
    forwardPlanes32: (given) =>
      kernels.forwardPlanes32(
        given.plan,
        given.count,
        given.x,
        given.real,
        given.imag,
        given.factor,
      ),
    inversePlanes32: (given) =>
      kernels.inversePlanes32(
        given.plan,
        given.count,
        given.real,
        given.imag,
        given.x,
        given.factor,
      ),
    makePlane32: (given) =>
      kernels.makePlane32(
        given.plan,
        given.height,
        given.width,
      ),
    planeBytes32: (given) =>
      kernels.planeBytes32(
        given.height,
        given.width,
      ),
    leftMultiply: (given) =>
      kernels.leftMultiply(
        given.a,
        given.x,
        given.y,
        given.scratch,
        given.batch,
        given.m,
        given.k,
        given.n,
      ),
    leftMultiplyGradient: (given) =>
      kernels.leftMultiplyGradient(
        given.dy,
        given.x,
        given.da,
        given.batch,
        given.m,
        given.k,
        given.n,
      ),
    leftMultiplyScratch: (given) =>
      kernels.leftMultiplyScratch(
        given.m,
        given.k,
      ),
    matrixProduct: (given) =>
      kernels.matrixProduct(
        given.a,
        given.x,
        given.y,
        given.scratch,
        given.m,
        given.k,
        given.n,
      ),
    copyLines: (given) =>
      kernels.copyLines(
        given.from,
        given.fromStep,
        given.to,
        given.toStep,
        given.bytes,
        given.count,
      ),
    regionMax: (given) =>
      kernels.regionMax(
        given.x,
        given.y,
        given.rows,
        given.columns,
        given.batch,
        given.height,
        given.width,
        given.channels,
        given.outRows,
        given.outColumns,
      ),
    regionMaxGradient: (given) =>
      kernels.regionMaxGradient(
        given.x,
        given.dy,
        given.dx,
        given.rows,
        given.columns,
        given.batch,
        given.height,
        given.width,
        given.channels,
        given.outRows,
        given.outColumns,
      ),
    resampleColumnsFirst: (given) =>
      kernels.resampleColumnsFirst(
        given.x,
        given.y,
        given.rows,
        given.columns,
        given.analysis,
        given.skewColumns,
        given.synthesis,
        given.scratch,
        given.batch,
        given.inHeight,
        given.inWidth,
        given.channels,
        given.outHeight,
        given.outWidth,
        given.rank,
        given.isFolded,
      ),
    resampleColumnsFirstScratch: (given) =>
      kernels.resampleColumnsFirstScratch(
        given.inHeight,
        given.inWidth,
        given.channels,
        given.outWidth,
        given.rank,
      ),
    resampleRowsFirst: (given) =>
      kernels.resampleRowsFirst(
        given.x,
        given.y,
        given.rows,
        given.columns,
        given.analysis,
        given.skewColumns,
        given.synthesis,
        given.scratch,
        given.batch,
        given.inHeight,
        given.inWidth,
        given.channels,
        given.outHeight,
        given.outWidth,
        given.rank,
        given.isFolded,
      ),
    resampleRowsFirstScratch: (given) =>
      kernels.resampleRowsFirstScratch(
        given.inHeight,
        given.inWidth,
        given.channels,
        given.outHeight,
        given.outWidth,
        given.rank,
      ),
    resampleMatrixGradients: (given) =>
      kernels.resampleMatrixGradients(
        given.x,
        given.dy,
        given.rows,
        given.columnsTransposed,
        given.analysis,
        given.skewColumns,
        given.synthesisTransposed,
        given.dRows,
        given.dColumns,
        given.dSynthesis,
        given.dSkewColumns,
        given.scratch,
        given.batch,
        given.inHeight,
        given.inWidth,
        given.channels,
        given.outHeight,
        given.outWidth,
        given.rank,
        given.isFolded,
      ),
    resampleMatrixGradientsScratch: (given) =>
      kernels.resampleMatrixGradientsScratch(
        given.inHeight,
        given.inWidth,
        given.channels,
        given.outHeight,
        given.outWidth,
        given.rank,
      ),
    blockSums: (given) =>
      kernels.blockSums(
        given.x,
        given.y,
        given.rows,
        given.columns,
        given.height,
        given.width,
        given.channels,
      ),
    sgdMomentum: (given) =>
      kernels.sgdMomentum(
        given.value,
        given.next,
        given.velocity,
        given.gradient,
        given.count,
        given.rate,
        given.momentum,
        given.isNesterov,
      ),
    clamp: (given) =>
      kernels.clamp(
        given.x,
        given.y,
        given.count,
        given.low,
        given.high,
      ),
    clampGradient: (given) =>
      kernels.clampGradient(
        given.dy,
        given.x,
        given.dx,
        given.count,
        given.low,
        given.high,
      ),
    columnSums: (given) =>
      kernels.columnSums(
        given.x,
        given.y,
        given.outer,
        given.rows,
        given.columns,
      ),
    reluGradient: (given) =>
      kernels.reluGradient(
        given.dy,
        given.x,
        given.dx,
        given.count,
      ),
    rowSums: (given) =>
      kernels.rowSums(
        given.x,
        given.y,
        given.rows,
        given.columns,
        given.divisor,
      ),
    evenCount: (given) =>
      kernels.evenCount(
        given.n,
      ),
    prepareMatrix: (given) =>
      kernels.prepareMatrix(
        given.a,
        given.rowStep,
        given.columnStep,
        given.m,
        given.k,
        given.isFolded,
        given.scale,
        given.table,
      ),
    tableFloats: (given) =>
      kernels.tableFloats(
        given.m,
        given.k,
      ),
    productRounds: (given) =>
      kernels.productRounds(
        given.a,
        given.x,
        given.y,
        given.rounds,
      ),
    productSteps: () => kernels.productSteps(),
    wideRounds: (given) =>
      kernels.wideRounds(
        given.a,
        given.x,
        given.y,
        given.rounds,
      ),
    setWideTiles: (given) =>
      kernels.setWideTiles(
        given.on,
      ),
  };
}
