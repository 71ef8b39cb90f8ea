"""Compute Atlas: claims about Europe's AI infrastructure, built into a release and served by SPARQL."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("compute-atlas")
except PackageNotFoundError:  # run from a source tree that was never installed
    __version__ = "0+unknown"
