"""Maps as drawings: projection, outlines, marks and clusters."""
