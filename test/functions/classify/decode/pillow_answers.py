"""Records the pixels that Pillow decodes small files to."""

import hashlib
import io
import json

from PIL import Image


def answer(file):
    try:
        with Image.open(io.BytesIO(file)) as image:
            rgb = image.convert("RGB")
    except Exception as error:
        return {"refused": str(error)[:40]}
    return {"width": rgb.width, "height": rgb.height, "sha256": hashlib.sha256(rgb.tobytes()).hexdigest()}


def write(kinds, scale, out):
    """Writes `scale` times each kind's number of files, concatenated, and Pillow's answer to each."""
    entries = []
    data = bytearray()
    for kind, (count, make) in kinds.items():
        for _ in range(count * scale):
            file = bytes(make())
            entries.append({"kind": kind, "offset": len(data), "length": len(file), **answer(file)})
            data += file
    out.with_suffix(".bin").write_bytes(data)
    out.with_suffix(".jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in entries))
