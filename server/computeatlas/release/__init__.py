"""A release: one built, checked, immutable data set. Imports curate, engine and model."""
