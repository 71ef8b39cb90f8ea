"""The endpoints for programs: SPARQL Protocol, Graph Store Protocol, linked data, descriptions."""
