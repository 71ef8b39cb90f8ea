"""What the pages show, as values: each view is a query of `queries/views/` and what is made of its rows."""
