import { clip } from '@ds/masks/ops';
import { type DataType, serialization, type Tensor, tensor1d } from '@tensorflow/tfjs-core';

/** Initializes the `strides` weight with given values, which are in the layer's configuration. */
export class StridesInitializer extends serialization.Serializable {
  static className = 'DiffStrideStridesInitializer';

  constructor(private readonly strides: number[]) {
    super();
  }

  apply(_shape: (number | null)[], _dtype?: DataType): Tensor {
    return tensor1d(this.strides);
  }

  fromConfigUsesCustomObjects(): boolean {
    return false;
  }

  override getConfig(): serialization.ConfigDict {
    return { strides: [...this.strides] };
  }
}

/** Projects strides to [lowerLimit, upperLimit] after an update. NaN stays NaN. */
export class StridesConstraint extends serialization.Serializable {
  static className = 'DiffStrideStridesConstraint';

  constructor(
    private readonly lowerLimit: number,
    private readonly upperLimit: number,
  ) {
    super();
  }

  apply(strides: Tensor): Tensor {
    return clip(strides, this.lowerLimit, this.upperLimit);
  }

  override getConfig(): serialization.ConfigDict {
    return { lowerLimit: this.lowerLimit, upperLimit: this.upperLimit };
  }
}
