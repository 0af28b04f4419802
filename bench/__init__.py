"""The benchmark: this engine beside its neighbours, on the same records, the same broker, in one run.

``python -m bench`` measures and writes ``bench/RESULTS.md``; see :mod:`bench.__main__` for what can be chosen.
"""
