"""Makes the golden images and records the pixels of keras.utils.load_img.

Writes images/*, manifest.json, SOURCES.md and, for the formats that other decoders only come near to, arrays/*.
Run with Keras 3, Pillow 13, the sample pictures of scikit-image, scikit-learn and matplotlib, and cjpeg of
libjpeg-turbo on the path: python make_goldens.py
"""

import gzip, hashlib, importlib.util, io, json, os, shutil, struct, subprocess, warnings, zlib
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
import keras
import numpy as np
from keras.applications.imagenet_utils import preprocess_input
from PIL import Image, ImageCms, ImageDraw, ImageFilter, features

G = Path(__file__).resolve().parent
IM = G / "images"
AR = G / "arrays"
for d in (IM, AR):
    shutil.rmtree(d, ignore_errors=True)
    d.mkdir(parents=True)
rng = np.random.default_rng(7)
credit = {}  # file -> (source key, how made)


def package(name):
    return Path(importlib.util.find_spec(name).submodule_search_locations[0])


scikit_image, scikit_learn = package("skimage") / "data", package("sklearn") / "datasets/images"
SRC = {
    "china": scikit_learn / "china.jpg",
    "flower": scikit_learn / "flower.jpg",
    "astronaut": scikit_image / "astronaut.png",
    "chelsea": scikit_image / "chelsea.png",
    "coffee": scikit_image / "coffee.png",
    "rocket": scikit_image / "rocket.jpg",
    "camera": scikit_image / "camera.png",
    "hopper": package("matplotlib") / "mpl-data/sample_data/grace_hopper.jpg",
}


def sha256(b):
    return hashlib.sha256(b).hexdigest()


def photo(k):
    return Image.open(SRC[k]).convert("RGB")


def put(name, im, key, how, **kw):
    im.save(IM / name, **kw)
    credit[name] = (key, how)


def raw(name, data, key, how):
    (IM / name).write_bytes(data)
    credit[name] = (key, how)


# ------------------------------------------------------------------ PNG writer (every depth / colour type / Adam7)
def png(arr, depth, ctype, interlace=False, extra=()):
    """arr: H x W x C ints of `depth` bits."""
    h, w = arr.shape[:2]
    arr = arr.reshape(h, w, -1)

    def rows(a):
        out = bytearray()
        for r in a:
            out.append(0)
            if depth == 16:
                out += r.astype(">u2").tobytes()
            elif depth == 8:
                out += r.astype("u1").tobytes()
            else:
                bits = "".join(format(int(v), f"0{depth}b") for v in r.ravel())
                bits += "0" * (-len(bits) % 8)
                out += bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))
        return bytes(out)

    if interlace:
        data = b""
        for x0, y0, dx, dy in [
            (0, 0, 8, 8),
            (4, 0, 8, 8),
            (0, 4, 4, 8),
            (2, 0, 4, 4),
            (0, 2, 2, 4),
            (1, 0, 2, 2),
            (0, 1, 1, 2),
        ]:
            s = arr[y0::dy, x0::dx]
            if s.size:
                data += rows(s)
    else:
        data = rows(arr)
    ch = lambda t, d: struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d))
    return (
        b"\x89PNG\r\n\x1a\n"
        + ch(b"IHDR", struct.pack(">IIBBBBB", w, h, depth, ctype, 0, 0, int(interlace)))
        + b"".join(ch(t, d) for t, d in extra)
        + ch(b"IDAT", zlib.compress(data, 9))
        + ch(b"IEND", b"")
    )


def synth(w, h):
    """colourful deterministic test card: gradients, checker, text, noise, hard edges"""
    y, x = np.mgrid[0:h, 0:w].astype("f8")
    a = np.stack(
        [255 * x / max(w - 1, 1), 255 * y / max(h - 1, 1), 127.5 + 127.5 * np.sin(x / 7.0) * np.cos(y / 5.0)], -1
    )
    a[(x.astype(int) // 8 + y.astype(int) // 8) % 5 == 0] = [250, 20, 30]
    a += rng.normal(0, 6, a.shape)
    im = Image.fromarray(np.clip(a, 0, 255).astype("u1"))
    d = ImageDraw.Draw(im)
    d.polygon([(w * 0.1, h * 0.1), (w * 0.45, h * 0.1), (w * 0.1, h * 0.6)], fill=(0, 120, 255))
    d.ellipse([w * 0.55, h * 0.35, w * 0.95, h * 0.9], outline=(255, 255, 0), width=max(1, min(w, h) // 40))
    d.text((w * 0.1, h * 0.75), "F7", fill=(255, 255, 255))
    return im


coffee = photo("coffee").resize((300, 200), Image.LANCZOS)
cat = photo("chelsea")
catS = cat.resize((225, 150), Image.LANCZOS)
astro = photo("astronaut")
card = synth(240, 180)

# ------------------------------------------------------------------ JPEG
for k, n in [
    ("china", "china_640x427.jpg"),
    ("flower", "flower_640x427.jpg"),
    ("rocket", "rocket_640x427.jpg"),
    ("hopper", "hopper_512x600.jpg"),
]:
    shutil.copy(SRC[k], IM / n)
    credit[n] = (k, "unchanged copy")
put("astronaut_512_q90_420.jpg", astro, "astronaut", "re-encoded", quality=90, subsampling="4:2:0")
put("coffee_prog_420.jpg", coffee, "coffee", "progressive 4:2:0", quality=85, progressive=True, subsampling="4:2:0")
put("coffee_prog_444.jpg", coffee, "coffee", "progressive 4:4:4", quality=85, progressive=True, subsampling="4:4:4")
put("coffee_base_444.jpg", coffee, "coffee", "baseline 4:4:4", quality=92, subsampling="4:4:4")
put("coffee_base_422.jpg", coffee, "coffee", "baseline 4:2:2", quality=92, subsampling="4:2:2")
put("coffee_base_420.jpg", coffee, "coffee", "baseline 4:2:0", quality=92, subsampling="4:2:0")
put("coffee_q20_420.jpg", coffee, "coffee", "baseline 4:2:0 quality 20", quality=20, subsampling="4:2:0")
put("card_420.jpg", card, "synthetic", "saturated edges, 4:2:0", quality=80, subsampling="4:2:0")
put(
    "hd_1920x1080.jpg",
    synth(1920, 1080).filter(ImageFilter.GaussianBlur(2)),
    "synthetic",
    "1920x1080 (accumulation-sensitive size)",
    quality=60,
)
put(
    "cat_256x256.jpg",
    cat.crop((60, 20, 316, 276)),
    "chelsea",
    "256x256 crop (accumulation-sensitive size)",
    quality=90,
)
put("cat_224x224.jpg", cat.crop((60, 20, 284, 244)), "chelsea", "already 224x224: no resize at all", quality=90)
put(
    "grey.jpg",
    Image.open(SRC["camera"]).convert("L").resize((256, 256), Image.LANCZOS),
    "camera",
    "greyscale JPEG",
    quality=88,
)
put("odd_17x13_420.jpg", catS.resize((17, 13), Image.LANCZOS), "chelsea", "odd size, 4:2:0", quality=90)
put("odd_223x149_420.jpg", catS.crop((1, 1, 224, 150)), "chelsea", "odd size, 4:2:0", quality=90)
put("one_1x1.jpg", Image.new("RGB", (1, 1), (200, 30, 90)), "synthetic", "1x1", quality=95)
put("wide_2000x8.jpg", synth(2000, 8), "synthetic", "very wide", quality=85)
put("tall_8x2000.jpg", synth(8, 2000), "synthetic", "very tall", quality=85)
put("restart.jpg", catS, "chelsea", "DRI restart markers", quality=85, restart_marker_blocks=3)
put(
    "icc_srgb.jpg",
    catS,
    "chelsea",
    "with an ICC profile (PIL ignores it)",
    quality=85,
    icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
)
cm = catS.convert("CMYK")
put("cmyk_adobe.jpg", cm, "chelsea", "CMYK, Adobe marker transform=0 (inverted)", quality=92)
b = (IM / "cmyk_adobe.jpg").read_bytes()
i = b.index(b"Adobe")
seg = i - 4
raw(
    "ycck_adobe.jpg",
    b[: i + 11] + b"\x02" + b[i + 12 :],
    "chelsea",
    "cmyk_adobe.jpg with the Adobe transform byte set to 2 (YCCK)",
)
raw(
    "cmyk_noadobe.jpg",
    b[:seg] + b[seg + 2 + struct.unpack(">H", b[seg + 2 : seg + 4])[0] :],
    "chelsea",
    "cmyk_adobe.jpg without its APP14 segment",
)
b = (IM / "coffee_base_420.jpg").read_bytes()
raw("trailing_garbage.jpg", b + b"\0trailing bytes" * 9, "coffee", "coffee_base_420.jpg + bytes after EOI")
if shutil.which("cjpeg"):
    ppm = io.BytesIO()
    catS.save(ppm, "PPM")
    ppm = ppm.getvalue()
    cj = lambda *a: subprocess.run(["cjpeg", *a], input=ppm, stdout=subprocess.PIPE, check=True).stdout
    raw("samp_440.jpg", cj("-quality", "90", "-sample", "1x2"), "chelsea", "cjpeg 4:4:0")
    raw("samp_411.jpg", cj("-quality", "90", "-sample", "4x1"), "chelsea", "cjpeg 4:1:1")
    raw("samp_410.jpg", cj("-quality", "90", "-sample", "4x2"), "chelsea", "cjpeg 4:1:0")
    raw("rgb_colorspace.jpg", cj("-quality", "90", "-rgb"), "chelsea", "cjpeg RGB colour space (Adobe transform 0)")
    raw("arithmetic.jpg", cj("-quality", "90", "-arithmetic"), "chelsea", "cjpeg arithmetic coding")
    raw(
        "dct_float_opt.jpg",
        cj("-quality", "75", "-optimize", "-dct", "float"),
        "chelsea",
        "cjpeg optimised Huffman tables",
    )
    raw(
        "nonjfif_prog_custom_scan.jpg",
        cj("-quality", "80", "-progressive", "-restart", "1"),
        "chelsea",
        "cjpeg progressive + restart each row",
    )
for o in range(1, 9):
    ex = Image.Exif()
    ex[0x0112] = o
    put(
        f"exif_o{o}.jpg",
        card.resize((96, 64), Image.LANCZOS),
        "synthetic",
        f"EXIF orientation {o} (PIL load_img ignores it)",
        quality=90,
        exif=ex,
    )
ex = Image.Exif()
ex[0x0112] = 6
# ------------------------------------------------------------------ PNG
A = np.asarray(catS)
put("rgb8.png", catS, "chelsea", "8-bit RGB")
put("card_rgb8.png", card, "synthetic", "8-bit RGB")
alpha = np.clip(np.add.outer(np.arange(150) * 1.2, np.arange(225) * 0.6) - 60, 0, 255).astype("u1")
rgba = np.dstack([A, alpha])
put("rgba8.png", Image.fromarray(rgba), "chelsea", "RGBA, alpha ramp 0..255, colour kept under alpha 0")
put(
    "rgba_flat.png",
    Image.fromarray(np.dstack([np.full((40, 60, 3), [10, 200, 90], "u1"), np.zeros((40, 60), "u1")])),
    "synthetic",
    "fully transparent, one colour",
)
put("palette8.png", catS.quantize(200), "chelsea", "8-bit palette")
q = catS.quantize(64)
put("palette_trns.png", q, "chelsea", "palette + tRNS alpha per entry", transparency=bytes(range(0, 256, 4)))
put("palette4.png", catS.quantize(16), "chelsea", "4-bit palette", bits=4)
put("palette2.png", catS.quantize(4), "chelsea", "2-bit palette", bits=2)
put("palette1.png", catS.quantize(2), "chelsea", "1-bit palette", bits=1)
put("grey8.png", catS.convert("L"), "chelsea", "8-bit grey")
put("grey_alpha8.png", Image.merge("LA", [catS.convert("L"), Image.fromarray(alpha)]), "chelsea", "grey + alpha")
put("onebit.png", catS.convert("1"), "chelsea", "1-bit grey (dithered)")
L = np.asarray(catS.convert("L"))
raw("grey2.png", png(L >> 6, 2, 0), "chelsea", "2-bit grey")
raw("grey4.png", png(L >> 4, 4, 0), "chelsea", "4-bit grey")
L16 = (L.astype("u4") * 257 - rng.integers(0, 200, L.shape)).clip(0, 65535)
raw("grey16.png", png(L16, 16, 0), "chelsea", "16-bit grey")
raw("grey16_dark.png", png(L16 >> 8, 16, 0), "chelsea", "16-bit grey, values all < 256")
A16 = (A.astype("i4") * 257 + rng.integers(-128, 129, A.shape)).clip(0, 65535)
raw("rgb16.png", png(A16, 16, 2), "chelsea", "16-bit RGB")
raw("rgba16.png", png(np.dstack([A16, alpha.astype("u4") * 257]), 16, 6), "chelsea", "16-bit RGBA")
raw("grey_alpha16.png", png(np.dstack([L16, alpha.astype("u4") * 257]), 16, 4), "chelsea", "16-bit grey + alpha")
raw("adam7_rgb.png", png(A, 8, 2, True), "chelsea", "interlaced RGB")
raw("adam7_odd_13x11.png", png(A[:11, :13], 8, 2, True), "chelsea", "interlaced 13x11")
raw("adam7_rgba.png", png(rgba, 8, 6, True), "chelsea", "interlaced RGBA")
key = tuple(int(v) for v in A[0, 0])
raw("rgb_trns.png", png(A, 8, 2, extra=[(b"tRNS", struct.pack(">HHH", *key))]), "chelsea", "RGB + tRNS colour key")
raw(
    "grey_trns.png",
    png(L, 8, 0, extra=[(b"tRNS", struct.pack(">H", int(L[0, 0])))]),
    "chelsea",
    "grey + tRNS colour key",
)
raw(
    "gama.png",
    png(A, 8, 2, extra=[(b"gAMA", struct.pack(">I", 100000))]),
    "chelsea",
    "gAMA 1.0 chunk (PIL ignores it)",
)
put("exif_o6.png", card.resize((96, 64), Image.LANCZOS), "synthetic", "PNG eXIf orientation 6", exif=ex)
put("one_1x1.png", Image.new("RGB", (1, 1), (12, 34, 56)), "synthetic", "1x1")
put("tiny_3x2.png", Image.fromarray(rng.integers(0, 256, (2, 3, 3), dtype="u1")), "synthetic", "3x2")
for s in [(64, 64), (128, 96), (320, 240), (512, 384), (1280, 720)]:
    im = synth(*s) if s[0] < 1000 else synth(*s).quantize(32)
    put(f"acc_{s[0]}x{s[1]}.png", im, "synthetic", "accumulation-sensitive size")
apng = [catS.resize((80, 60)), card.resize((80, 60))]
put(
    "animated.png",
    apng[0],
    "chelsea+synthetic",
    "APNG, 2 frames",
    save_all=True,
    append_images=apng[1:],
    duration=100,
)
# ------------------------------------------------------------------ GIF
put("static.gif", catS.quantize(128), "chelsea", "GIF")
put(
    "animated.gif",
    catS.quantize(64),
    "chelsea+synthetic",
    "GIF, 2 frames: first one counts",
    save_all=True,
    append_images=[card.resize(catS.size).quantize(64)],
    duration=80,
)
g = catS.quantize(64)
put(
    "transparent.gif",
    g,
    "chelsea",
    "GIF with a transparent index",
    transparency=int(np.bincount(np.asarray(g).ravel()).argmax()),
)
put("interlaced.gif", catS.quantize(64), "chelsea", "interlaced GIF", interlace=1)


def gif_sub():
    """first frame covers only part of the logical screen; background index 2"""
    pal = bytes([255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 0])
    f = Image.fromarray((np.add.outer(np.arange(20), np.arange(30)) // 5 % 4).astype("u1"), "P")
    f.putpalette(list(pal) + [0] * 756)
    bb = io.BytesIO()
    f.save(bb, "GIF", interlace=0)
    d = bb.getvalue()
    n = 3 * (2 << (d[10] & 7))
    body = d[13 + n :]
    k = body.index(b"\x2c")
    desc = b"\x2c" + struct.pack("<HHHH", 10, 5, 30, 20) + body[k + 9 :]
    return b"GIF89a" + struct.pack("<HHBBB", 60, 40, d[10], 2, 0) + d[13 : 13 + n] + desc


raw("offset_frame.gif", gif_sub(), "synthetic", "GIF whose first frame is smaller than the canvas")
# ------------------------------------------------------------------ BMP
put("bmp24.bmp", catS.resize((75, 50)), "chelsea", "BMP 24-bit, padded rows")
put("bmp8.bmp", catS.quantize(200), "chelsea", "BMP 8-bit palette")
put("bmp1.bmp", catS.convert("1"), "chelsea", "BMP 1-bit")
put("bmp_grey.bmp", catS.convert("L"), "chelsea", "BMP 8-bit grey")
put("bmp32.bmp", Image.fromarray(rgba).resize((75, 50)), "chelsea", "BMP 32-bit with alpha")


def bmp16():
    a = np.asarray(catS.resize((76, 50))).astype("u2")
    v = (a[..., 0] >> 3 << 11) | (a[..., 1] >> 2 << 5) | (a[..., 2] >> 3)
    px = v[::-1].astype("<u2").tobytes()
    return (
        b"BM"
        + struct.pack("<IHHI", 66 + len(px), 0, 0, 66)
        + struct.pack("<IiiHHIIiiII", 40, 76, 50, 1, 16, 3, len(px), 2835, 2835, 0, 0)
        + struct.pack("<III", 0xF800, 0x7E0, 0x1F)
        + px
    )


raw("bmp565.bmp", bmp16(), "chelsea", "BMP 16-bit 5-6-5")


def bmp_td():
    a = np.asarray(catS.resize((76, 50)))[..., ::-1]
    px = np.ascontiguousarray(a).tobytes()
    return (
        b"BM"
        + struct.pack("<IHHI", 54 + len(px), 0, 0, 54)
        + struct.pack("<IiiHHIIiiII", 40, 76, -50, 1, 24, 0, len(px), 2835, 2835, 0, 0)
        + px
    )


raw("bmp_topdown.bmp", bmp_td(), "chelsea", "BMP 24-bit, top-down")
# ------------------------------------------------------------------ TIFF
T = catS.resize((90, 60))
for c in ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"]:
    put(
        f"tiff_{c.replace('tiff_', '')}.tif",
        T,
        "chelsea",
        f"TIFF {c}",
        compression=c,
        **({"quality": 90} if c == "jpeg" else {}),
    )
put("tiff_grey.tif", T.convert("L"), "chelsea", "TIFF grey")
put("tiff_rgba.tif", Image.fromarray(rgba).resize((90, 60)), "chelsea", "TIFF RGBA")
put("tiff_palette.tif", T.quantize(64), "chelsea", "TIFF palette")
put("tiff_cmyk.tif", T.convert("CMYK"), "chelsea", "TIFF CMYK")
put("tiff_1bit.tif", T.convert("1"), "chelsea", "TIFF 1-bit")
put("tiff_grey16.tif", Image.fromarray(L16[:60, :90].astype("u2")), "chelsea", "TIFF 16-bit grey")
put("tiff_f32.tif", Image.fromarray((L[:60, :90] / 2.0).astype("f4")), "chelsea", "TIFF 32-bit float grey")
put("tiff_multi.tif", T, "chelsea+synthetic", "TIFF, 2 pages", save_all=True, append_images=[card.resize((90, 60))])
put(
    "tiff_orient6.tif",
    card.resize((96, 64), Image.LANCZOS),
    "synthetic",
    "TIFF Orientation 6 (PIL DOES apply it)",
    tiffinfo={274: 6},
)
# ------------------------------------------------------------------ WebP / AVIF / others
put("lossy.webp", catS, "chelsea", "WebP lossy", quality=85)
put("lossless.webp", catS, "chelsea", "WebP lossless", lossless=True)
put("alpha.webp", Image.fromarray(rgba), "chelsea", "WebP lossless with alpha", lossless=True, exact=True)
put(
    "animated.webp",
    catS.resize((80, 60)),
    "chelsea+synthetic",
    "animated WebP",
    save_all=True,
    append_images=[card.resize((80, 60))],
    lossless=True,
    duration=90,
)
put(
    "exif_o6.webp",
    card.resize((96, 64), Image.LANCZOS),
    "synthetic",
    "WebP with EXIF orientation 6",
    lossless=True,
    exif=ex,
)
if features.check("avif"):
    put("photo_444.avif", catS, "chelsea", "AVIF 4:4:4", quality=90, subsampling="4:4:4")
    put("photo_420.avif", catS, "chelsea", "AVIF 4:2:0", quality=80)
    put("alpha.avif", Image.fromarray(rgba), "chelsea", "AVIF alpha", quality=90)
    put(
        "exif_o6.avif",
        card.resize((96, 64), Image.LANCZOS),
        "synthetic",
        "AVIF with orientation 6 (irot)",
        quality=95,
        exif=ex,
    )
put("ppm.ppm", T, "chelsea", "PPM")
put("ico.ico", catS.crop((0, 0, 64, 64)), "chelsea", "ICO", sizes=[(64, 64)])
if features.check("jpg_2000"):
    put("jp2.jp2", T, "chelsea", "JPEG 2000 (lossless)")
# ------------------------------------------------------------------ things load_img refuses (or not)
b = (IM / "coffee_base_420.jpg").read_bytes()
raw("bad_truncated.jpg", b[: len(b) // 2], "coffee", "half a JPEG")
raw("bad_no_eoi.jpg", b[:-2], "coffee", "JPEG without its EOI marker")
b = (IM / "rgb8.png").read_bytes()
raw("bad_truncated.png", b[: len(b) // 2], "chelsea", "half a PNG")
c = bytearray(b)
c[b.index(b"IDAT") + 50] ^= 0xFF
raw("bad_crc.png", bytes(c), "chelsea", "PNG with a damaged IDAT byte")
raw("bad_empty.jpg", b"", "synthetic", "empty file")
raw("bad_text.jpg", b"this is not an image\n" * 3, "synthetic", "text")
raw("misnamed_png.jpg", (IM / "card_rgb8.png").read_bytes(), "synthetic", "a PNG named .jpg")

# ------------------------------------------------------------------ Keras
SIX = [
    "china_640x427.jpg",
    "coffee_base_444.jpg",
    "card_rgb8.png",
    "odd_17x13_420.jpg",
    "tall_8x2000.jpg",
    "acc_320x240.png",
]
MODES = ["china_640x427.jpg", "card_rgb8.png"]
arrays, refused = [], []


def run(name, interpolation="nearest", keep=False, size=(224, 224)):
    path = IM / name
    is_plain = (interpolation, keep, size) == ("nearest", False, (224, 224))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as image:
                entry = {"file": name, "format": image.format.lower(), "width": image.width, "height": image.height}
            pixels = keras.utils.load_img(
                str(path), target_size=size, interpolation=interpolation, keep_aspect_ratio=keep
            )
    except Exception as error:
        refused.append({"file": name, "error": type(error).__name__})
        return
    floats = keras.utils.img_to_array(pixels)
    levels = floats.astype("u1")
    entry |= {
        "target": {"width": size[1], "height": size[0]},
        "interpolation": interpolation,
        "keepAspectRatio": keep,
        "sha256": sha256(levels.tobytes()),
    }
    if is_plain:
        modes = ("caffe", "torch", "tf") if name in MODES else ("caffe",)
        entry["preprocessed"] = {
            m: sha256(preprocess_input(floats.copy()[None], mode=m).astype("<f4").tobytes()) for m in modes
        }
        if entry["format"] in ("jpeg", "avif"):
            entry["array"] = f"arrays/{name}.rgb.gz"
            (G / entry["array"]).write_bytes(gzip.compress(levels.tobytes(), 9, mtime=0))
    arrays.append(entry)


for name in sorted(credit):
    run(name)
for name in SIX:
    for it in ("bilinear", "bicubic", "lanczos", "hamming", "box"):
        run(name, it)
    for it in ("nearest", "bilinear", "lanczos"):
        run(name, it, keep=True)
    run(name, "nearest", size=(160, 192))
    run(name, "nearest", keep=True, size=(160, 192))


def lines(entries):
    return "[\n" + ",\n".join("  " + json.dumps(entry) for entry in entries) + "\n ]"


versions = f' "keras": {json.dumps(keras.__version__)},\n "pillow": {json.dumps(features.version("pil"))},\n'
(G / "manifest.json").write_text(
    "{\n" + versions + f' "arrays": {lines(arrays)},\n "refused": {lines(refused)}\n' + "}\n"
)
LIC = {
    "china": "scikit-learn sample china.jpg — photo by danielbuechele, CC BY 2.0 (flickr.com/photos/danielbuechele/6061409035); attribution required",
    "flower": "scikit-learn sample flower.jpg — CC BY 2.0 (flickr.com/photos/vultilion/6056698931; scikit-learn's README names danielbuechele as the author but links vultilion's page); attribution required",
    "astronaut": "scikit-image astronaut.png — NASA, public domain",
    "chelsea": "scikit-image chelsea.png — Stefan van der Walt, CC0",
    "coffee": "scikit-image coffee.png — Rachel Michetti / Pikolo Espresso Bar, CC0",
    "rocket": "scikit-image rocket.jpg — SpaceX, public domain/CC0",
    "camera": "scikit-image camera.png — Lav Varshney, CC0",
    "hopper": "matplotlib sample grace_hopper.jpg — official US Navy photograph by James S. Davis, public domain (from memory: matplotlib's own README does not say)",
    "synthetic": "made by make_goldens.py, no rights reserved",
}
with open(G / "SOURCES.md", "w") as f:
    f.write(
        "# Where each golden image comes from\n\n| key | source and licence |\n| --- | --- |\n"
        + "".join(f"| {k} | {v} |\n" for k, v in LIC.items())
    )
    f.write(
        "\n| file | source key | made how |\n| --- | --- | --- |\n"
        + "".join(f"| {n} | {k} | {h} |\n" for n, (k, h) in sorted(credit.items()))
    )
