import {
  maximum,
  minimum,
  scalar,
  serialization,
  type Tensor,
  tensor1d,
} from '@tensorflow/tfjs-core';

/** Initializes a weight of learned sizes with given shares, which are in the configuration. */
export class SharesInitializer extends serialization.Serializable {
  static className = 'LearnedSharesInitializer';

  constructor(private readonly shares: number[]) {
    super();
  }

  apply(): Tensor {
    return tensor1d(this.shares);
  }

  fromConfigUsesCustomObjects(): boolean {
    return false;
  }

  override getConfig(): serialization.ConfigDict {
    return { shares: [...this.shares] };
  }
}

/** Projects each share to [smallest, 1] after an update. NaN stays NaN. */
export class SharesConstraint extends serialization.Serializable {
  static className = 'LearnedSharesConstraint';

  constructor(private readonly smallest: number[]) {
    super();
  }

  apply(shares: Tensor): Tensor {
    // The wasm kernels of tfjs lose a NaN in the second argument.
    return minimum(maximum(shares, tensor1d(this.smallest)), scalar(1));
  }

  override getConfig(): serialization.ConfigDict {
    return { smallest: [...this.smallest] };
  }
}
