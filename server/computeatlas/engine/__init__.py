"""Engines that hold a data set and answer SPARQL. Imports only the model."""
