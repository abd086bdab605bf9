"""NN Designer: draw a neural network, train it on this computer, watch it learn."""

__version__ = "0.1.0"
