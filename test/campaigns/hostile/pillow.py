"""Pillow's verdicts: reads files from standard input and prints a line of JSON for each.

Decodes like Keras: Image.open(file).convert("RGB"), in any format that Pillow knows. Images of more than 100 megapixels are not
decoded. HEIC is read if pillow-heif is installed.
"""

import hashlib
import io
import json
import sys
import warnings

from PIL import Image

try:
    import pillow_heif

    pillow_heif.register_heif_opener()
except ImportError:
    pass

warnings.simplefilter("ignore")
Image.MAX_IMAGE_PIXELS = None
LIMIT = 100_000_000


def verdict(data):
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > LIMIT:
                return {"refusal": "over the limit"}
            rgb = image.convert("RGB")
    except Exception as error:  # Pillow's plugins throw many kinds.
        return {"refusal": type(error).__name__}
    digest = hashlib.sha256(rgb.tobytes()).hexdigest()
    return {"pixels": f"{rgb.width}x{rgb.height} {digest}"}


pipe = sys.stdin.buffer
while len(head := pipe.read(4)) == 4:
    print(json.dumps(verdict(pipe.read(int.from_bytes(head, "big")))), flush=True)
