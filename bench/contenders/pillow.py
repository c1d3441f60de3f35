"""Pillow and ONNX Runtime in Python, with the protocol of child.ts. Reads a file instead of S3. Linux only."""

import json
import os
import resource
import sys

import numpy
import onnxruntime
from PIL import Image

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession(os.environ["MODEL"], options)


def classify(path):
    image = Image.open(path).convert("RGB").resize((224, 224), Image.Resampling.NEAREST)
    pixels = numpy.asarray(image, numpy.float32)[..., ::-1] - (103.939, 116.779, 123.68)
    tensor = numpy.ascontiguousarray(pixels.transpose(2, 0, 1)[None], numpy.float32)
    return session.run(["predictions"], {"images": tensor})[0][0].argsort()[::-1][:5]


def cpu_ms():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return 1000 * (usage.ru_utime + usage.ru_stime)


def peak_megabytes():
    with open("/proc/self/status") as status:
        kilobytes = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    return kilobytes * 1024 / 1e6


def measure():
    before = cpu_ms()
    classify(os.environ["PICTURE"])
    process_ms = cpu_ms()
    usage = {"runMs": process_ms - before, "processMs": process_ms, "peakMegabytes": peak_megabytes()}
    os.write(3, f"{json.dumps(usage)}\n".encode())


measure()
for _ in sys.stdin:
    measure()
