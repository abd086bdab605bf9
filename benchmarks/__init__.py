"""NN Designer beside its peers, on the same data, weights and machine.

``python -m benchmarks.engine``    training speed, as ratios to PyTorch, Keras and scikit-learn
``python -m benchmarks.accuracy``  the article's model: accuracy beside Keras
``python -m benchmarks.window``    training speed and smoothness in the window

They need the extra ``parity`` (``pip install -e .[parity]``).
"""
