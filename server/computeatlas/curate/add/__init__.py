"""New sources and claims, written into the curated files."""
