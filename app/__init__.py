"""Gradtape: paste training code, watch every operation, gradient and update on one timeline."""

__version__ = "0.1.0"
