"""From an answer back to its sources: the triples behind a query's rows, what they follow from, and who says so.

Everything here asks the graph by a callable, so the same code serves the command line and the web.
"""
