import { multiplyAdd } from '../../wasm/assembly/multiply-add';

/**
 * One step of SGD with momentum:
 *
 * v ← μ v + g
 * next = w − η v, or with Nesterov's momentum: next = w − η (g + μ v)
 *
 * `velocity` is overwritten. One pass over the values without scratch, four values at a time.
 */
export function sgdMomentum(
  value: usize,
  next: usize,
  velocity: usize,
  gradient: usize,
  count: i32,
  rate: f32,
  momentum: f32,
  isNesterov: bool,
): void {
  const bytes = (<usize>count) << 2;
  const whole = bytes & ~15;
  const step = f32x4.splat(-rate);
  const factor = f32x4.splat(momentum);
  let at: usize = 0;
  for (; at < whole; at += 16) {
    const g = v128.load(gradient + at);
    const v = multiplyAdd(factor, v128.load(velocity + at), g);
    v128.store(velocity + at, v);
    const direction = isNesterov ? multiplyAdd(factor, v, g) : v;
    v128.store(next + at, multiplyAdd(step, direction, v128.load(value + at)));
  }
  for (; at < bytes; at += 4) {
    const g = load<f32>(gradient + at);
    const v = momentum * load<f32>(velocity + at) + g;
    store<f32>(velocity + at, v);
    const direction = isNesterov ? g + momentum * v : v;
    store<f32>(next + at, load<f32>(value + at) - rate * direction);
  }
}
