"""Makes small images in the many storage variants of TIFF, BMP, GIF, WebP and PNG, with Pillow's digests.

Writes variants/* and variants.json. Run with Pillow 13 and numpy: python make_variants.py
"""

import hashlib
import json
import random
import shutil
import struct
import warnings
from pathlib import Path

import numpy as np
from PIL import Image

warnings.simplefilter("ignore")
HERE = Path(__file__).parent
OUT = HERE / "variants"
WIDTH, HEIGHT = 13, 9
rng = np.random.default_rng(1)
dice = random.Random(1)


def noise(top, dtype):
    return rng.integers(0, top, (HEIGHT, WIDTH)).astype(dtype)


def picture():
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    colours = np.stack([x * 7 + y, y * 5, (x ^ y) * 3], -1) + rng.integers(0, 40, (HEIGHT, WIDTH, 3))
    return Image.fromarray((colours % 256).astype("u1"))


rgb = picture()
rgba = rgb.copy()
rgba.putalpha(Image.fromarray(noise(256, "u1")))
modes = {
    "rgb": rgb,
    "rgba": rgba,
    "grey": rgb.convert("L"),
    "grey_alpha": rgba.convert("LA"),
    "1bit": rgb.convert("1"),
    "palette": rgb.quantize(50),
    "cmyk": rgb.convert("CMYK"),
    "grey16": Image.fromarray(noise(600, "u2")),
    "float": Image.fromarray((rng.random((HEIGHT, WIDTH)) * 600 - 100).astype("f4")),
}


def tiffs():
    for compression in (None, "tiff_lzw", "tiff_adobe_deflate", "tiff_deflate", "packbits"):
        for mode, image in modes.items():
            image.save(OUT / f"{mode}_{compression or 'raw'}.tif", compression=compression)
    for mode in ("rgb", "rgba", "grey", "cmyk", "grey16"):
        modes[mode].save(OUT / f"{mode}_lzw_differenced.tif", compression="tiff_lzw", tiffinfo={317: 2})
    for orientation in range(1, 9):
        rgb.save(OUT / f"orientation{orientation}.tif", tiffinfo={274: orientation})
    rgb.save(OUT / "strips.tif", compression="tiff_lzw", strip_size=3 * WIDTH * 2)
    whole_map, short_map = struct.pack("<HHI", 320, 3, 768), struct.pack("<HHI", 320, 3, 96)
    page = (OUT / "palette_raw.tif").read_bytes()
    (OUT / "palette_of_32_colours.tif").write_bytes(page.replace(whole_map, short_map))


def bmp(name, bits, rows, *, palette=b"", colours=0, compression=0, height=HEIGHT, masks=()):
    """A bitmap with a header of 40 bytes, or of 108 with masks."""
    size = 108 if masks else 40
    tail = struct.pack("<4I", *masks) + bytes(108 - 56) if masks else b""
    file = struct.pack("<2sIHHI", b"BM", 0, 0, 0, 14 + size + len(palette))
    info = struct.pack("<IiiHHIIiiII", size, WIDTH, height, 1, bits, compression, len(rows), 1, 1, colours, 0)
    (OUT / name).write_bytes(file + info + tail + palette + rows)


def random_bytes(count):
    return bytes(rng.integers(0, 256, count, dtype="u1"))


def pack(indices, bits):
    packed = b""
    for row in indices:
        text = "".join(format(int(value), f"0{bits}b") for value in row)
        text += "0" * (-len(text) % 32)
        packed += bytes(int(text[i : i + 8], 2) for i in range(0, len(text), 8))
    return packed


def runs(bits):
    """Runs and literals of random lengths."""
    packed = b""
    for _ in range(HEIGHT):
        x = 0
        while x < WIDTH:
            count = min(WIDTH - x, dice.randint(1, 9))
            if count >= 3 and dice.random() < 0.5:
                literal = random_bytes(count if bits == 8 else (count + 1) // 2)
                packed += bytes([0, count]) + literal + bytes(len(literal) % 2)
            else:
                packed += bytes([count]) + random_bytes(1)
            x += count
        packed += b"\0\0"
    return packed + b"\0\1"


def bmps():
    for mode in ("rgb", "rgba", "grey", "1bit", "palette"):
        modes[mode].save(OUT / f"{mode}.bmp")
    for bits in (1, 4, 8):
        colours = max(2, (1 << bits) - 3)
        rows = pack(noise(1 << bits, "u1"), bits)
        bmp(f"{bits}bit_short_palette.bmp", bits, rows, palette=random_bytes(4 * colours), colours=colours)
    bmp("16bit.bmp", 16, pack(noise(65536, "u2"), 16))
    deep = noise(2**32, "<u4").tobytes()
    bmp("32bit_topdown.bmp", 32, deep, height=-HEIGHT)
    bmp("32bit_xbgr.bmp", 32, deep, compression=3, masks=(0xFF000000, 0xFF0000, 0xFF00, 0))
    bmp("32bit_rgba.bmp", 32, deep, compression=3, masks=(0xFF, 0xFF00, 0xFF0000, 0xFF000000))
    bmp("run_length8.bmp", 8, runs(8), palette=random_bytes(1024), colours=256, compression=1)
    bmp("run_length4.bmp", 4, runs(4), palette=random_bytes(64), colours=16, compression=2)
    os2 = struct.pack("<2sIHHIIHHHH", b"BM", 0, 0, 0, 26 + 768, 12, WIDTH, HEIGHT, 1, 8)
    (OUT / "os2.bmp").write_bytes(os2 + random_bytes(768) + pack(noise(256, "u1"), 8))
    longer = bytearray((OUT / "palette.bmp").read_bytes())
    longer[54:54] = bytes(24)
    longer[10:18] = struct.pack("<II", struct.unpack_from("<I", longer, 10)[0] + 24, 64)
    (OUT / "os2_version2.bmp").write_bytes(longer)


def gifs():
    for colours in (2, 3, 16, 60):
        rgb.quantize(colours).save(OUT / f"{colours}_colours.gif", interlace=0)
        rgb.quantize(colours).save(OUT / f"{colours}_colours_interlaced.gif", interlace=1, transparency=1)
    modes["grey"].save(OUT / "grey.gif")
    for source in ("16_colours", "16_colours_interlaced", "grey"):
        gif = (OUT / f"{source}.gif").read_bytes()
        for name, canvas in {"larger": (20, 15), "smaller": (5, 5), "no": (0, 0)}.items():
            resized = gif[:6] + struct.pack("<HH", *canvas) + gif[10:]
            (OUT / f"{source}_{name}_canvas.gif").write_bytes(resized)
        (OUT / f"{source}_without_trailer.gif").write_bytes(gif[:-1])


def webps_and_pngs():
    rgba.save(OUT / "lossless.webp", lossless=True)
    rgba.save(OUT / "lossy_alpha.webp", quality=70)
    rgb.save(OUT / "lossy.webp", quality=50)
    more = {"save_all": True, "append_images": [picture()], "quality": 60}
    rgba.save(OUT / "animated_alpha.webp", **more)
    rgb.save(OUT / "animated.webp", **more)
    for mode in ("rgb", "rgba", "grey", "grey_alpha", "1bit", "palette", "grey16"):
        modes[mode].save(OUT / f"{mode}.png")


def decoded(path):
    with Image.open(path) as image:
        pixels = image.convert("RGB")
    digest = hashlib.sha256(pixels.tobytes()).hexdigest()
    return {"file": path.name, "width": pixels.width, "height": pixels.height, "sha256": digest}


shutil.rmtree(OUT, ignore_errors=True)
OUT.mkdir()
tiffs()
bmps()
gifs()
webps_and_pngs()
lines = ",\n".join("  " + json.dumps(decoded(path)) for path in sorted(OUT.iterdir()))
(HERE / "variants.json").write_text(f"[\n{lines}\n]\n")
