/** The training protocol of a run in words. */
export function protocolOf({ config, images }) {
  const { epochs, batchSize, optimizer, schedule, weightDecay, padding, flip, sounds } = config;
  const examples = sounds ? 'sounds' : 'images';
  const count = (value) => value.toLocaleString('en');
  const parts = [
    `${epochs} epochs of ${count(images.train)} training ${examples}`,
    `batches of ${batchSize}`,
    optimizer.name === 'sgd' ? `SGD with momentum ${optimizer.momentum}` : 'Adam',
    schedule.name === 'cosine'
      ? `a cosine learning rate from ${schedule.peak}`
      : `learning rates ${schedule.rates.join(', ')}`,
    ...(weightDecay > 0 ? [`weight decay ${weightDecay}`] : []),
    ...(padding > 0 ? [`random crops after ${padding} pixels of padding`] : []),
    ...(flip ? ['random mirroring'] : []),
    ...(config.mixup > 0 ? [`mixup ${config.mixup}`] : []),
    ...(config.labelSmoothing > 0 ? [`label smoothing ${config.labelSmoothing}`] : []),
    ...(config.lambda > 0 ? [`λ = ${config.lambda}`] : []),
  ];
  return parts.join(', ');
}
