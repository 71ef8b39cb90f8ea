"""Curated files: their current view, their passages, how they are checked and added to."""
