"""From an answer back to its sources: the triples behind a query's rows, what they follow from, and who says so."""
