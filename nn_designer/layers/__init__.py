"""The layer kinds. ``KINDS`` names each once; finding files would fail in a bundled app."""

from __future__ import annotations

from difflib import get_close_matches

from nn_designer.layers.activation import ActivationLayer
from nn_designer.layers.arithmetic import Add, Average, Maximum, Multiply, Subtract
from nn_designer.layers.attention import MultiHeadAttention
from nn_designer.layers.base import Category, LayerKind, Shape, ShapeError, WeightSpec
from nn_designer.layers.batch_normalization import BatchNormalization
from nn_designer.layers.conv_transpose import Conv2DTranspose
from nn_designer.layers.convolution import Conv1D, Conv2D
from nn_designer.layers.dense import Dense
from nn_designer.layers.depthwise import DepthwiseConv2D, SeparableConv2D
from nn_designer.layers.dot import Dot
from nn_designer.layers.dropout import Dropout
from nn_designer.layers.embedding import Embedding
from nn_designer.layers.flatten import Flatten
from nn_designer.layers.formula import Formula
from nn_designer.layers.global_pooling import (
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
)
from nn_designer.layers.gru import GRU
from nn_designer.layers.input_output import Input, Output
from nn_designer.layers.lstm import LSTM
from nn_designer.layers.merge import Concatenate
from nn_designer.layers.noise import (
    GaussianDropout,
    GaussianNoise,
    SpatialDropout1D,
    SpatialDropout2D,
)
from nn_designer.layers.picture_sizes import Cropping2D, UpSampling2D, ZeroPadding2D
from nn_designer.layers.pooling import (
    AveragePooling1D,
    AveragePooling2D,
    MaxPooling1D,
    MaxPooling2D,
)
from nn_designer.layers.positional_embedding import PositionalEmbedding
from nn_designer.layers.prelu import PReLU
from nn_designer.layers.rescaling import Normalization, Rescaling
from nn_designer.layers.reshape import Permute, RepeatVector, Reshape
from nn_designer.layers.sample_normalization import GroupNormalization, LayerNormalization
from nn_designer.layers.simple_rnn import SimpleRNN
from nn_designer.layers.time_distributed import TimeDistributedDense

__all__ = [
    "KINDS",
    "Category",
    "LayerKind",
    "Shape",
    "ShapeError",
    "UnknownKind",
    "WeightSpec",
    "kind_of",
]

KINDS: dict[str, type[LayerKind]] = {
    kind.key: kind
    for kind in (
        Input,
        Dense,
        Conv1D,
        Conv2D,
        DepthwiseConv2D,
        SeparableConv2D,
        Conv2DTranspose,
        MaxPooling1D,
        MaxPooling2D,
        AveragePooling1D,
        AveragePooling2D,
        GlobalMaxPooling1D,
        GlobalMaxPooling2D,
        GlobalAveragePooling1D,
        GlobalAveragePooling2D,
        SimpleRNN,
        LSTM,
        GRU,
        Embedding,
        PositionalEmbedding,
        MultiHeadAttention,
        TimeDistributedDense,
        ActivationLayer,
        PReLU,
        Formula,
        BatchNormalization,
        LayerNormalization,
        GroupNormalization,
        Normalization,
        Rescaling,
        Dropout,
        SpatialDropout1D,
        SpatialDropout2D,
        GaussianNoise,
        GaussianDropout,
        Flatten,
        Reshape,
        Permute,
        RepeatVector,
        ZeroPadding2D,
        Cropping2D,
        UpSampling2D,
        Add,
        Subtract,
        Multiply,
        Average,
        Maximum,
        Concatenate,
        Dot,
        Output,
    )
}
"""Key → kind, in the order of the palette."""

_REPLACED = {old: kind for kind in KINDS.values() for old in kind.replaces}


class UnknownKind(LookupError):
    """No layer kind has this key; the text is for people."""

    def __str__(self) -> str:
        return str(self.args[0])


def kind_of(key: str) -> type[LayerKind]:
    """The layer kind with this key, also by a key that it had in older versions."""
    kind = KINDS.get(key) or _REPLACED.get(key)
    if kind is None:
        near = get_close_matches(str(key), KINDS, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise UnknownKind(
            f"There is no layer kind {key!r} in this version; it knows {', '.join(KINDS)}.{hint}"
        )
    return kind
