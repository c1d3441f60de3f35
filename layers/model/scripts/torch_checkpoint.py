"""Reads a PyTorch checkpoint of the format before 1.6 with NumPy alone, and runs no code that it names."""

import collections
import io
import pickle
import struct
from typing import Any, NamedTuple

import numpy as np

MAGIC_NUMBER = 0x1950A86A20F9469CFC6C
PROTOCOL_VERSION = 1001
STORAGE_TYPES = {'FloatStorage': np.dtype('<f4'), 'LongStorage': np.dtype('<i8')}


class Storage(NamedTuple):
    """A block of numbers behind the pickles, named by the pickles."""

    key: str
    dtype: np.dtype


class TensorView(NamedTuple):
    """A tensor as the pickles describe it: a strided view of a storage, counted in elements."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


class StateDictUnpickler(pickle.Unpickler):
    """Unpickles tensors into views, and refuses every class that a state dictionary does not need."""

    def find_class(self, module: str, name: str) -> Any:
        """Resolves the few names that are allowed."""
        if (module, name) == ('collections', 'OrderedDict'):
            return collections.OrderedDict
        if (module, name) == ('torch._utils', '_rebuild_tensor_v2'):
            return lambda storage, offset, shape, strides, *_: TensorView(storage, offset, shape, strides)
        if module == 'torch' and name in STORAGE_TYPES:
            return STORAGE_TYPES[name]
        raise pickle.UnpicklingError(f'refused {module}.{name}: not part of a state dictionary')

    def persistent_load(self, pid: tuple) -> Storage:
        """Notes a storage; its numbers come after the pickles."""
        _, dtype, key, *_ = pid
        return Storage(key, dtype)


def read_state_dict(checkpoint: bytes) -> dict[str, np.ndarray]:
    """Returns every tensor by its name."""
    stream = io.BytesIO(checkpoint)
    if (pickle.load(stream), pickle.load(stream)) != (MAGIC_NUMBER, PROTOCOL_VERSION):
        raise ValueError('not a PyTorch checkpoint of the format before 1.6')
    pickle.load(stream)  # the byte order and word sizes of the machine that wrote it

    views: dict[str, TensorView] = StateDictUnpickler(stream).load()
    dtypes = {view.storage.key: view.storage.dtype for view in views.values()}
    storages = {key: read_storage(stream, dtypes[key]) for key in pickle.load(stream)}
    if stream.read():
        raise ValueError('the checkpoint goes on after its last storage')
    return {name: materialise(view, storages[view.storage.key]) for name, view in views.items()}


def read_storage(stream: io.BytesIO, dtype: np.dtype) -> np.ndarray:
    """Reads one storage: the number of elements, then the elements."""
    (count,) = struct.unpack('<q', stream.read(8))
    return np.frombuffer(stream.read(count * dtype.itemsize), dtype)


def materialise(view: TensorView, storage: np.ndarray) -> np.ndarray:
    """Copies a tensor out of its storage."""
    byte_strides = [stride * storage.itemsize for stride in view.strides]
    return np.lib.stride_tricks.as_strided(storage[view.offset :], view.shape, byte_strides).copy()
