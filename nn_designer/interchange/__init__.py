"""Weights and models in other programs' formats: one file per format, in and out."""
