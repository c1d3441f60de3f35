/** The preparation of a picture for a network, by the environment variable RECIPE: 224 x 224 pixels of float32, NCHW. */
export const size = 224;

/** Keras' `preprocess_input` for ResNet50: BGR minus ImageNet's means. */
const caffe = { order: [2, 1, 0], mean: [103.939, 116.779, 123.68], std: [1, 1, 1] };

const recipes = {
  keras: { interpolation: 'nearest', frame: stretch, ...caffe },
  bicubic: { interpolation: 'bicubic', frame: stretch, ...caffe },
  /** EfficientNet's evaluation. */
  embedded: {
    interpolation: 'bicubic',
    frame: cropCentre,
    order: [0, 1, 2],
    mean: [127, 127, 127],
    std: [128, 128, 128],
  },
  /** `Resize(256)`, `CenterCrop(224)` and ImageNet's means and deviations, of 255. */
  torchvision: {
    interpolation: 'bilinear',
    frame: resizeAndCrop,
    order: [0, 1, 2],
    mean: [123.675, 116.28, 103.53],
    std: [58.395, 57.12, 57.375],
  },
};

export const recipe = recipes[process.env.RECIPE];

/** The whole picture. */
function stretch() {
  return { scaled: { width: size, height: size } };
}

/** A box in the centre, scaled. */
function cropCentre({ width, height }) {
  const side = Math.round(0.875 * Math.min(width, height));
  return {
    box: { ...centred(width, height, side), width: side, height: side },
    scaled: { width: size, height: size },
  };
}

/** The picture scaled to a shorter side of 256, then the centre of it. */
function resizeAndCrop({ width, height }) {
  const scale = 256 / Math.min(width, height);
  const scaled = { width: Math.trunc(width * scale), height: Math.trunc(height * scale) };
  return { scaled, cut: { ...centred(scaled.width, scaled.height, size), width: size, height: size } };
}

function centred(width, height, side) {
  return { left: Math.round((width - side) / 2), top: Math.round((height - side) / 2) };
}
