import {
  mul,
  type Scalar,
  scalar,
  serialization,
  sum,
  type Tensor,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import { clip } from './clip.js';

/** Initializes every head's span with one value, which is in the layer's configuration. */
export class SpanInitializer extends serialization.Serializable {
  static className = 'AdaptiveSpanInitializer';

  constructor(private readonly initialSpan: number) {
    super();
  }

  apply([heads]: (number | null)[]): Tensor {
    return tensor1d(new Float32Array(heads!).fill(this.initialSpan));
  }

  fromConfigUsesCustomObjects(): boolean {
    return false;
  }

  override getConfig(): serialization.ConfigDict {
    return { initialSpan: this.initialSpan };
  }
}

/** Projects spans to [0, maxSpan] after an update. NaN stays NaN. */
export class SpanConstraint extends serialization.Serializable {
  static className = 'AdaptiveSpanConstraint';

  constructor(private readonly maxSpan: number) {
    super();
  }

  apply(span: Tensor): Tensor {
    return clip(span, 0, this.maxSpan);
  }

  override getConfig(): serialization.ConfigDict {
    return { maxSpan: this.maxSpan };
  }
}

/** `(λ/M) Σ z` over M heads. This is the l1 norm, because z is never negative. */
export class SpanPenalty extends serialization.Serializable {
  static className = 'AdaptiveSpanPenalty';

  constructor(private readonly lambda: number) {
    super();
  }

  apply(span: Tensor): Scalar {
    return tidy(() => mul(sum(span), scalar(this.lambda / span.size)) as Scalar);
  }

  override getConfig(): serialization.ConfigDict {
    return { lambda: this.lambda };
  }
}
