"""A full-size classifier of keras.applications with random weights and settled statistics.

usage: make_model.py NAME FOLDER          (Keras 3, or Keras 2 with KERAS=2)
Writes NAME.keras (NAME.h5 with Keras 2), input.f32 [height, width, 3] as the network is fed, and answer.json.
"""
import json, os, sys, time
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf

two = os.environ.get("KERAS") == "2"
if two: import tf_keras as keras
else: import keras

name, folder = sys.argv[1:3]
model = getattr(keras.applications, name)(weights=None)
height, width, _ = model.input_shape[1:]
height, width = height or 224, width or 224
r = np.random.default_rng(7)

values = []
for w in model.weights:
    shape, path = tuple(w.shape), getattr(w, "path", w.name)
    if "gamma" in path: v = 1 + r.normal(size=shape) / 10
    elif "variance" in path: v = 1 + r.random(shape) / 4
    elif "beta" in path or "bias" in path or "mean" in path: v = r.normal(size=shape) / 20
    elif "kernel" in path: v = r.normal(size=shape) * np.sqrt(1.6 / max(np.prod(shape[:2] if "depthwise" in path else shape[:-1]), 1))
    else: v = np.asarray(w)
    # Keras 3 computes with new statistics of a Normalization only after the model was saved and loaded.
    if "normalization" in path and shape == (3,): v = np.asarray(w)
    values.append(np.asarray(v, np.asarray(w).dtype))
model.set_weights(values)

# Smooth shapes with noise, from -1 to 1, or bytes where the network scales them itself.
y, x = np.mgrid[0:height, 0:width] / max(height, width)
pictures = np.stack([np.stack([np.sin((3 + i) * x + c) * np.cos((2 + c) * y + i) for c in range(3)], -1) for i in range(4)])
pictures = np.clip(pictures * 0.8 + r.normal(size=pictures.shape) * 0.1, -1, 1).astype("f4")
scales_itself = any(type(l).__name__ in ("Rescaling", "Normalization") for l in model.layers)
if scales_itself: pictures = ((pictures + 1) * 127.5).round().astype("f4")

norms = [l for l in model.layers if isinstance(l, keras.layers.BatchNormalization)]
for l in norms: l.momentum = 0.0
# In a graph TensorFlow frees what no layer reads any more: a large network called eagerly takes 20 GB.
if norms: tf.function(lambda images: model(images, training=True))(pictures)
for l in norms: l.momentum = 0.99
head = [l for l in model.layers if l.weights][-1]
activation, head.activation = getattr(head, "activation", None), keras.activations.linear
logits = tf.function(lambda images: keras.Model(model.input, head.output)(images, training=False))(pictures)
head.activation = activation
logits = np.asarray(logits).reshape(len(pictures), -1)
weights = head.get_weights(); factor = 2 / max(logits.std(axis=0).mean(), 1e-9)
head.set_weights([weights[0] * factor] + [(-logits.mean(axis=0) * factor).astype("f4") + b * factor for b in weights[1:]])

suffix = "h5" if two else "keras"
model.save(f"{folder}/{name}.{suffix}")
pictures[0].tofile(f"{folder}/input.f32")
model.predict(pictures[:1], verbose=0); began = time.perf_counter()
answer = model.predict(pictures[:1], verbose=0)[0]
json.dump({"file": f"{name}.{suffix}", "parameters": int(model.count_params()), "width": width, "height": height, "milliseconds": 1000 * (time.perf_counter() - began), "version": keras.__version__, "outputs": [float(v) for v in answer]}, open(f"{folder}/answer.json", "w"))
