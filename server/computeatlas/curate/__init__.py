"""From Turtle files to triples that are known to be sound. Imports engine and model."""
