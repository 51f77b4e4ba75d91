"""Readers of file formats, for every connector that meets files.

`registry.read` is the one way in. A module here that has ``TYPES`` and ``read`` is a reader: to add a format, add one module
(and, where content alone must tell it apart, a line in `sniff`).
"""
