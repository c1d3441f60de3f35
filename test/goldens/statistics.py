"""Measures mean and standard deviation of golden images with Pillow and NumPy: writes statistics.json.

Run with Pillow 13 and NumPy: python statistics.py
"""

import json
from pathlib import Path

import numpy as np
from PIL import Image

HERE = Path(__file__).parent
FILES = ["acc_64x64.png", "acc_320x240.png", "adam7_rgb.png", "card_rgb8.png", "china_640x427.jpg"]


def stretched(image):
    return image.resize((224, 224), Image.Resampling.NEAREST)


def cut(image):
    """torchvision's Resize(256) and CenterCrop(224)."""
    shorter = min(image.size)
    scaled = image.resize(tuple(int(256 * side / shorter) for side in image.size), Image.Resampling.BILINEAR)
    left, top = (round((side - 224) / 2) for side in scaled.size)
    return scaled.crop((left, top, left + 224, top + 224))


def measured(arguments, mode, scale_pixels, factor):
    photos = [Image.open(HERE / "images" / name).convert(mode) for name in FILES]
    pixels = np.stack([np.asarray(scale_pixels(photo), "float64") for photo in photos]).reshape(
        -1, len(photos[0].getbands())
    )
    pixels *= factor
    return {"arguments": arguments, "mean": pixels.mean(axis=0).tolist(), "std": pixels.std(axis=0).tolist()}


cases = [
    measured([], "RGB", stretched, 1 / 255),
    measured(["--preprocess", "torchvision"], "RGB", cut, 1 / 255),
    measured(["--order", "L", "--scale", "1"], "L", stretched, 1),
]
(HERE / "statistics.json").write_text(json.dumps({"files": FILES, "cases": cases}, indent=2) + "\n")
