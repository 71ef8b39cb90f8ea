"""Turtle as text that curators write: tokens, tree, layout, edits, lines. Imports only the model."""
