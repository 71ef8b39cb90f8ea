"""Words of the project: errors, names, paths, findings, manifests. Imports nothing of the other packages."""
