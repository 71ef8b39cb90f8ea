"""SPARQL as text: cut into tokens, looked at, rewritten, and explained where it is wrong. Imports only the model."""
