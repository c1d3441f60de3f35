"""Measures how far the torchvision backend of transformers' image processors is from their Pillow backend.

usage: compare.py [HUB [IMAGES]]     (torch, torchvision, transformers, onnxruntime)
HUB holds folders in the shape of the Hugging Face hub, IMAGES the golden images; the defaults are the fixtures of the tests. Both
backends' pixels go through the same onnx/model.onnx.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image
from transformers import AutoImageProcessor

TESTS = Path(__file__).parents[2]
PHOTOS = [
    'astronaut_512_q90_420.jpg',
    'cat_256x256.jpg',
    'china_640x427.jpg',
    'coffee_base_444.jpg',
    'flower_640x427.jpg',
    'hd_1920x1080.jpg',
    'hopper_512x600.jpg',
    'rocket_640x427.jpg',
]


def probabilities(logits: np.ndarray, is_multi_label: bool) -> np.ndarray:
    """Applies the activation that transformers' pipeline applies."""
    logits = logits.astype('f8')
    if is_multi_label:
        return 1 / (1 + np.exp(-logits))
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def compare(folder: Path, photos: list[Image.Image]) -> str:
    """Returns the folder's row of the table."""
    config = json.loads((folder / 'config.json').read_text())
    session = onnxruntime.InferenceSession(folder / 'onnx/model.onnx')
    pixels, scores = [], []
    for backend in ('pil', 'torchvision'):
        processor = AutoImageProcessor.from_pretrained(folder, backend=backend)
        images = np.concatenate([processor(photo, return_tensors='np')['pixel_values'] for photo in photos])
        std = np.reshape(processor.image_std, (3, 1, 1))
        pixels.append(images * std * 255)
        (logits,) = session.run(None, {'pixel_values': images.astype('f4')})
        scores.append(probabilities(logits, config.get('problem_type') == 'multi_label_classification'))
    steps = np.abs(pixels[0] - pixels[1])
    differences = np.abs(scores[0] - scores[1])
    same = int((scores[0].argmax(-1) == scores[1].argmax(-1)).sum())
    name = type(processor).__name__
    return (
        f'| {folder.name} | `{name}` | {(steps > 0.5).mean() * 100:.1f} % | {steps.max():.0f} | {steps.mean():.3f} '
        f'| {differences.max():.4f} | {same} of {len(photos)} |'
    )


def main(hub: Path, images: Path) -> None:
    """Prints the table."""
    photos = [Image.open(images / name).convert('RGB') for name in PHOTOS]
    print('| folder | processor | pixels that differ | greatest difference | mean difference | greatest difference of a score | same class |')
    print('| --- | --- | --- | --- | --- | --- | --- |')
    for folder in sorted(path for path in hub.iterdir() if (path / 'onnx').is_dir()):
        print(compare(folder, photos))


if __name__ == '__main__':
    main(
        Path(sys.argv[1]) if len(sys.argv) > 1 else TESTS / 'layers/model/fixtures/hub',
        Path(sys.argv[2]) if len(sys.argv) > 2 else TESTS / 'goldens/images',
    )
