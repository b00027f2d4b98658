"""The files of a checkout: paths, names, lock, effective documents, writing. No generation, no comparison."""
