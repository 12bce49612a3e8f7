// `scripts/store.mjs` writes this file.
import type { ImageCard, SoundCard } from './card.js';

/** A file of weights and its card. */
interface Stored<OfKind> {
  url: URL;
  card: OfKind;
}

export const IMAGES = {
  'cifar10-resnet18-conv': {
    url: new URL('./files/cifar10-resnet18-conv.safetensors', import.meta.url),
    card: {"kind":"images","network":{"inputShape":[32,32,3],"pooling":"conv","poolingConfig":{},"strides":[1,1,2,2,2],"classes":10,"width":16,"variant":"preact","stem":"cifar"},"classes":["airplane","automobile","bird","cat","deer","dog","frog","horse","ship","truck"],"data":{"name":"CIFAR-10","citation":"A. Krizhevsky. Learning Multiple Layers of Features from Tiny Images. University of Toronto, 2009","licence":"The authors name no licence. They ask to cite the report.","url":"https://www.cs.toronto.edu/~kriz/cifar.html"},"mean":[0.4914,0.48216,0.44653],"std":[0.24703,0.24349,0.26159],"limits":["It gives every picture one of ten classes, also pictures of other things.","It was trained on photographs of 32×32 pixels. Larger pictures lose detail.","It was trained briefly and with one seed. Differences of a point are noise."],"name":"cifar10-resnet18-conv","bytes":1421272,"sha256":"8984c5e0bf06761bdf00411d96e29579e5fd4d5c197e0ce01c9b3f21a33446f3","command":"ds-benchmark train --config cifar10.yaml --pooling conv","protocol":"6 epochs of 50,000 training images, batches of 64, SGD with momentum 0.9, a cosine learning rate from 0.1, weight decay 0.0005, random crops after 2 pixels of padding, random mirroring","seed":1,"results":{"accuracy":0.8474,"examples":10000,"shiftConsistency":0.824,"shiftExamples":500,"maxShift":4},"strides":{"stem.pool":[1,1],"stage2.block0.pool":[2,2],"stage3.block0.pool":[2,2],"stage4.block0.pool":[2,2]},"macs":35046656,"parameters":702970,"versions":{"node":"v20.20.2","tfjs":"4.22.0","platform":"linux x64","processor":"1 × AMD EPYC","backend":"wasm"},"float16Error":0.0014179999999999193},
  },
  'cifar10-resnet18-spectral': {
    url: new URL('./files/cifar10-resnet18-spectral.safetensors', import.meta.url),
    card: {"kind":"images","network":{"inputShape":[32,32,3],"pooling":"spectral","poolingConfig":{"norm":"forward"},"strides":[1,1,2,2,2],"classes":10,"width":16,"variant":"preact","stem":"cifar"},"classes":["airplane","automobile","bird","cat","deer","dog","frog","horse","ship","truck"],"data":{"name":"CIFAR-10","citation":"A. Krizhevsky. Learning Multiple Layers of Features from Tiny Images. University of Toronto, 2009","licence":"The authors name no licence. They ask to cite the report.","url":"https://www.cs.toronto.edu/~kriz/cifar.html"},"mean":[0.4914,0.48216,0.44653],"std":[0.24703,0.24349,0.26159],"limits":["It gives every picture one of ten classes, also pictures of other things.","It was trained on photographs of 32×32 pixels. Larger pictures lose detail.","It was trained briefly and with one seed. Differences of a point are noise."],"name":"cifar10-resnet18-spectral","bytes":1421272,"sha256":"dad7e347413720efe0d4808297b79ddbef651d6853b7ba2b6ace87ec455a0640","command":"ds-benchmark train --config cifar10.yaml --pooling spectral --norm forward","protocol":"6 epochs of 50,000 training images, batches of 64, SGD with momentum 0.9, a cosine learning rate from 0.1, weight decay 0.0005, random crops after 2 pixels of padding, random mirroring","seed":1,"results":{"accuracy":0.8651,"examples":10000,"shiftConsistency":0.906,"shiftExamples":500,"maxShift":4},"strides":{"stem.pool":[1,1],"stage2.block0.pool":[2,2],"stage3.block0.pool":[2,2],"stage4.block0.pool":[2,2]},"macs":50156800,"parameters":702970,"versions":{"node":"v20.20.2","tfjs":"4.22.0","platform":"linux x64","processor":"1 × AMD EPYC","backend":"wasm"},"float16Error":0.003493999999999997},
  },
} satisfies Record<string, Stored<ImageCard>>;

export const SOUNDS = {
} satisfies Record<string, Stored<SoundCard>>;
