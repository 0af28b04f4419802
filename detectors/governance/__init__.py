"""Data governance (数据治理): what each source owes, what it delivered, how late and how well. Pure.

:mod:`exchange` holds what was agreed, :mod:`lags` measures time against the law, :mod:`reporting` counts.
"""
