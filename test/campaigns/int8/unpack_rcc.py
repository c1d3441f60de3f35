"""Unpacks the photographs of GCompris.

usage: unpack_rcc.py FOLDER TO     (pip install pillow)

FOLDER holds the .rcc files of Debian's package gcompris-qt-data. Of the activities below, every WebP image without
transparency is a photograph, or one of a few drawings; the others have drawings only, or parts of pictures.
"""

import io
import struct
import sys
from pathlib import Path

from PIL import Image

ACTIVITIES = [
    'categorization',
    'details',
    'erase',
    'explore_farm_animals',
    'explore_monuments',
    'explore_world_animals',
    'explore_world_music',
]


def images(data):
    """The WebP files within a resource file, which stores them as they are."""
    start = data.find(b'RIFF')
    while start >= 0:
        (length,) = struct.unpack_from('<I', data, start + 4)
        if data[start + 8 : start + 12] == b'WEBP':
            yield data[start : start + 8 + length]
        start = data.find(b'RIFF', start + 4)


def main(folder, to):
    Path(to).mkdir(parents=True, exist_ok=True)
    for activity in ACTIVITIES:
        for i, image in enumerate(images(Path(folder, f'{activity}.rcc').read_bytes())):
            if Image.open(io.BytesIO(image)).mode == 'RGB':
                Path(to, f'{activity}-{i:03}.webp').write_bytes(image)


main(*sys.argv[1:])
