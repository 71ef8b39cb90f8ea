"""The command `computeatlas`. Imports web, release, curate, engine and model."""
