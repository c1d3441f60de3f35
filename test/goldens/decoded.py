"""Decodes each golden image at full size with Pillow: writes decoded.json.

Run with Pillow 13: python decoded.py
"""

import hashlib
import json
from pathlib import Path

from PIL import Image

HERE = Path(__file__).parent


def decoded(path):
    try:
        with Image.open(path) as image:
            rgb = image.convert("RGB")
    except OSError:
        return None
    digest = hashlib.sha256(rgb.tobytes()).hexdigest()
    return {"file": path.name, "width": rgb.width, "height": rgb.height, "sha256": digest}


images = [entry for path in sorted((HERE / "images").iterdir()) if (entry := decoded(path))]
lines = ",\n".join("  " + json.dumps(entry) for entry in images)
(HERE / "decoded.json").write_text(f"[\n{lines}\n]\n")
