/** The packages in the order in which one reads about them. */
export const PACKAGES = [
  'layers',
  'masks',
  'regularizer',
  'models',
  'train',
  'data',
  'weights',
  'export',
  'backend',
  'fft',
  'kernels',
  'graph',
  'checks',
];

/**
 * The pages of the reference: one for each paper or idea of a package. A page has the exports of
 * the source files whose names match. The first page that matches takes a file. A file that no page
 * matches fails the build. `about` is a page of theory or a guide on the idea.
 *
 * Packages come after the packages that they import. An export belongs to the first package that
 * has it.
 *
 * @type {Record<string, ReturnType<typeof topic>[]>}
 */
export const TOPICS = {
  checks: [
    topic('Errors', /^(errors|refuse|describe|nearest)/),
    topic('Rules', /^(check|require-|layer-checks|host-backends)/),
    topic('Wasm files', /^read-wasm/),
  ],
  kernels: [
    topic('DiffStride', /^diff-stride\//, '/theory/two-matrices'),
    topic('Pooling by matrices', /^(resample|left-multiply)\//, '/theory/two-matrices'),
    topic('Taps along axes', /^axis-taps\//),
    topic('FFTs of planes', /^fft\//),
    topic('Maxima of regions', /^region-max\//),
    topic('Training steps', /^(batch-norm|relu|clamp|sgd-momentum|half-storage|copy)\//),
    topic('A kernel', /^(kernel|untaped)$/),
  ],
  fft: [
    topic('FFTs of tensors', /^(rfft|shift|magnitude|norm)/, '/theory/dft'),
    topic('Cosine transforms', /^dct$/, '/theory/dct-diffstride'),
    topic('FFT plans', /^(real-|plan-cache|row-layout|spectrum-|mixed-radix|frequencies)/),
    topic('Cosine plans', /^dct-plan/),
    topic('SIMD plans', /^simd\//),
  ],
  graph: [
    topic(
      'Pooling layers',
      /^(pooling-layer|matrices-of|identity-matrix|saved-class|shared-layer|projected-weight)/,
    ),
    topic('Layers of a model', /^(layers-|nodes?-of|evaluate-|watch-|weights-of|input-|unique-)/),
    topic('Copies on the host', /^host-/),
  ],
  masks: [
    topic('Ramp masks', /^(ramp|clip|frequency-mask|kept-indices)/, '/theory/ramp-masks'),
    topic('Adaptive attention spans', /^adaptive-span/),
    topic('Learned sizes', /^(gaussian|sigmoid|size)-mask/, '/theory/learned-architecture'),
  ],
  layers: [
    topic('DiffStride', /^(diff-stride|learned-stride-layer)/, '/theory/diffstride'),
    topic('Cosine transform', /^dct-/, '/theory/dct-diffstride'),
    topic(
      'Spectral pooling',
      /^(spectral-(pool|matrices|path|waves)|norm$|resample)/,
      '/theory/spectral-pooling',
    ),
    topic('BlurPool', /^blur-(pool|axes|filter)/, '/theory/shift-equivariance'),
    topic('Adaptive polyphase sampling', /^(aps-|polyphase$)/, '/theory/shift-equivariance'),
    topic('Learned polyphase sampling', /^lps-/, '/theory/shift-equivariance'),
    topic('TIPS', /^tips-/, '/theory/shift-equivariance'),
    topic('FLC pooling', /^flc-/, '/poolings/flc'),
    topic('ASAP', /^asap-/, '/poolings/flc'),
    topic('Fractional pooling', /^fractional-(pool|axes|sequence)/),
    topic('Upsampling', /upsampl(e|ed-size|ing-registry)|unpool/, '/guide/segmentation'),
    topic('Alias-free activations', /^alias-free-/, '/theory/shift-equivariance'),
    topic('Learned sizes', /^(masked-|learned-sizes)/, '/theory/learned-architecture'),
    topic('Poolings by name', /^registry/, '/poolings/'),
    topic(
      'Images and axes',
      /^(pad-image|border|data-format|spatial-rank|map-size-error)/,
      '/guide/any-rank',
    ),
    topic('Cost and strides', /^(count-multiply-adds|stride-mirror)/),
    topic('Prepared images', /^prepared\//),
    topic('Tests of a pooling', /^testing/, '/contribute/new-pooling'),
  ],
  regularizer: [topic('The regularizer', /./, '/theory/regularizer')],
  models: [
    topic('Networks', /^(resnet|mobilenet|audio-cnn|unet|activation)/),
    topic('Swap strides', /^swap-/, '/guide/swap-strides'),
    topic('Freeze strides', /^(freeze-|frozen-|fused-|rounding)/, '/guide/freezing'),
    topic(
      'Learned architecture',
      /^(learned-|budget-|size-report)/,
      '/theory/learned-architecture',
    ),
    topic('Cost of a model', /^cost-/),
    topic('Strides and shifts', /^(feature-equivariance|stride-variables)/),
    topic('safetensors', /^safetensors\//),
  ],
  export: [
    topic('ONNX', /^onnx\//, '/guide/model-to-browser'),
    topic('Graph models', /^graph-model\//, '/guide/model-to-browser'),
    topic('Layers of your own', /^(converters|graph)\//),
  ],
  backend: [
    topic('Use a backend', /^(use-backend|backend-name|wasm\/kernel-module)/, '/backends'),
    topic('Changes of tfjs', /^tfjs-change/, '/backends'),
    topic('Diagnostics', /^(wasm|webgpu)\/(dawn|measure-|product-tiles)/, '/backends'),
  ],
  data: [
    topic('Batches of images', /^(batches|augmentation|image-set)$/, '/guide/own-pictures'),
    topic('CIFAR and MNIST', /^(cifar|load-)/),
    topic(
      'Folders of images',
      /^(image-folder|image-files|image-input|prepare-image-file|found-files|random-resized)/,
      '/guide/own-pictures',
    ),
    topic('Held-out examples', /^(hold-out|left-out)$/, '/guide/own-pictures'),
    topic('Random streams', /^random$/),
    topic(
      'Sets of sounds',
      /^audio\/(open-|list-|sound-(dataset|files)|subset-)/,
      '/guide/own-sounds',
    ),
    topic(
      'Batches of sounds',
      /^audio\/(sound-(batches|pieces)|wav-pieces|spec-augment)/,
      '/guide/own-sounds',
    ),
    topic('Spectrograms', /^audio\/(spectrogram|mel-)/, '/guide/own-sounds'),
    topic('WAV and resampling', /^audio\/(wav|decode-|resample-)/),
    topic(
      'Classify sounds',
      /^audio\/(classify-|merge-|prepare-sound|heard-tasks|sound-input)/,
      '/guide/sounds-elsewhere',
    ),
  ],
  train: [
    topic('Training', /^(train|train-options|epoch-summary|non-finite-loss|training-state)$/),
    topic('Batches and replicas', /^(batches|replica-group)$/, '/guide/many-machines'),
    topic('Optimizers and schedules', /^(adam|sgd|optimizer|parameter-groups|schedule)$/),
    topic('Losses and metrics', /(cross-entropy|output-loss|ranking-metrics|evaluate|evaluation)$/),
    topic('Batch norm statistics', /^recompute-statistics$/, '/guide/freezing'),
    topic('Checkpoints', /^checkpoints\//),
    topic('Replicas', /^replicas\//, '/guide/many-machines'),
  ],
  weights: [topic('Trained networks', /./)],
};

function topic(title, files, about) {
  const slug = title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return { title, slug, files, about };
}
