"""Pillow and ONNX Runtime in Python, with the protocol of child.ts. Reads a file instead of S3. Linux only."""

import json
import os
import resource
import sys

import numpy
from PIL import Image

size = 224
recipe = os.environ["RECIPE"]


def stretch(image, filter):
    return image.resize((size, size), filter)


def crop_centre(image, filter):
    side = round(0.875 * min(image.size))
    left, top = ((length - side) // 2 for length in image.size)
    return image.crop((left, top, left + side, top + side)).resize((size, size), filter)


def resize_and_crop(image, filter):
    scale = 256 / min(image.size)
    scaled = image.resize([int(length * scale) for length in image.size], filter)
    left, top = ((length - size) // 2 for length in scaled.size)
    return scaled.crop((left, top, left + size, top + size))


filters = Image.Resampling
frame, filter, is_bgr, mean, std = {
    "keras": (stretch, filters.NEAREST, True, (103.939, 116.779, 123.68), (1, 1, 1)),
    "bicubic": (stretch, filters.BICUBIC, True, (103.939, 116.779, 123.68), (1, 1, 1)),
    "embedded": (crop_centre, filters.BICUBIC, False, (127, 127, 127), (128, 128, 128)),
    "torchvision": (
        resize_and_crop,
        filters.BILINEAR,
        False,
        (123.675, 116.28, 103.53),
        (58.395, 57.12, 57.375),
    ),
}[recipe]


def read(path):
    return numpy.asarray(frame(Image.open(path).convert("RGB"), filter))


def classifier():
    """Without a network, pictures are only read."""
    if not os.environ["MODEL"]:
        return lambda pixels: pixels
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(os.environ["MODEL"], options)
    name = session.get_inputs()[0].name

    def classify(pixels):
        ordered = pixels[..., ::-1] if is_bgr else pixels
        values = (ordered.astype(numpy.float32) - numpy.float32(mean)) / numpy.float32(std)
        tensor = numpy.ascontiguousarray(values.transpose(2, 0, 1)[None])
        return session.run(None, {name: tensor})[0][0].argsort()[::-1][:5]

    return classify


classify = classifier()


def cpu_ms():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return 1000 * (usage.ru_utime + usage.ru_stime)


def peak_megabytes():
    with open("/proc/self/status") as status:
        kilobytes = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    return kilobytes * 1024 / 1e6


def measure():
    before = cpu_ms()
    classify(read(os.environ["PICTURE"]))
    process_ms = cpu_ms()
    usage = {"runMs": process_ms - before, "processMs": process_ms, "peakMegabytes": peak_megabytes()}
    os.write(3, f"{json.dumps(usage)}\n".encode())


measure()
for _ in sys.stdin:
    measure()
