"""Comparison with the industry (行业均值对比): what is usual among firms of the same trade, size and place.

Reading order: :mod:`key` (which firms are compared), :mod:`statistics` (with which numbers), :mod:`cohort` (the books
of one partition), :mod:`merged` (all partitions together), :mod:`disclosure` (what may be shown), :mod:`norm` (what is
published), :mod:`compare` and :mod:`standards` (what is read from it).

Everything is pure and exact: a value taken back leaves no trace, and no result depends on the order of arrival.
"""
