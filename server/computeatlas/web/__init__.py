"""The HTTP face: Flask, and nothing of Flask outside this package. Imports release, engine and model."""
