import { CIFAR10 as CIFAR10_IMAGES } from '@ds/data';

/** What cards say about data sets, and about networks that were trained on them. */
export const CIFAR10 = {
  data: {
    name: 'CIFAR-10',
    citation:
      'A. Krizhevsky. Learning Multiple Layers of Features from Tiny Images. ' +
      'University of Toronto, 2009',
    licence: 'The authors name no licence. They ask to cite the report.',
    url: 'https://www.cs.toronto.edu/~kriz/cifar.html',
  },
  classes: CIFAR10_IMAGES.classNames,
  mean: CIFAR10_IMAGES.mean,
  std: CIFAR10_IMAGES.std,
  limits: [
    'It gives every picture one of ten classes, also pictures of other things.',
    'It was trained on photographs of 32×32 pixels. Larger pictures lose detail.',
    'It was trained briefly and with one seed. Differences of a point are noise.',
  ],
};

export const SPOKEN_DIGITS = {
  data: {
    name: 'Free Spoken Digit Dataset',
    citation: 'Z. Jackson, C. Souza, J. Flaks, Y. Pan, H. Nicolas, A. Thite, 2018',
    licence: 'CC BY-SA 4.0',
    url: 'https://github.com/Jakobovski/free-spoken-digit-dataset',
  },
  limits: [
    'It gives every sound one of ten English digits, also other words and noise.',
    'It knows six speakers. Do not use it to identify people.',
    'It was trained on quiet recordings of one spoken digit each.',
  ],
};
