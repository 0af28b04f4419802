"""Replaying data sets made by others, through the core alone or through a broker and a worker."""
