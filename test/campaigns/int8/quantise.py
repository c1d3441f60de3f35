"""Quantises a network with ONNX Runtime's own tool, as its documentation recommends for x86 processors.

usage: quantise.py NETWORK IMAGES HEIGHT WIDTH FOLDER     (pip install onnx==1.23.2 onnxruntime==1.32.0)

NETWORK is a float32 .onnx file of one input, NCHW; IMAGES holds its calibration images as float32. Writes minmax.onnx and
percentile.onnx, and prints the tool's version.
"""

import logging
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)


class Images(CalibrationDataReader):
    """Feeds the images one by one."""

    def __init__(self, name, images):
        self.feeds = iter([{name: image[None]} for image in images])

    def get_next(self):
        return next(self.feeds, None)


def main(network, images, height, width, folder):
    logging.disable(logging.WARNING)
    model = onnx.load(network)
    name = model.graph.input[0].name
    # Scores in steps of 1/256 would tie.
    scores = [node.name for node in model.graph.node if node.op_type == 'Softmax']
    values = np.fromfile(images, np.float32).reshape(-1, 3, int(height), int(width))
    methods = {
        'minmax': (CalibrationMethod.MinMax, {}),
        'percentile': (CalibrationMethod.Percentile, {'CalibPercentile': 99.999, 'CalibMaxIntermediateOutputs': 8}),
    }
    for file, (method, options) in methods.items():
        quantize_static(
            network,
            Path(folder, f'{file}.onnx'),
            Images(name, values),
            quant_format=QuantFormat.QDQ,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
            calibrate_method=method,
            nodes_to_exclude=scores,
            extra_options=options,
        )
    print(onnxruntime.__version__)


main(*sys.argv[1:])
