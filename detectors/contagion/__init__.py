"""Contagion along guarantees and control (担保圈): who is hit when a firm fails, how hard, and by which path.

An arc runs from the guarantor to the debtor it stands for; loss runs the other way, from debtor to guarantor.
Modules from the ground up: ``parameters`` (every default), ``edges`` (records to edges, edges to weighted links),
``graph``, ``order`` (ancestors, circular groups), ``vulnerability`` and ``incremental`` (probability of failure
with contagion), ``paths`` (who explains it), ``debtrank`` (what a failure would do), ``rules`` (colours),
``circle`` (figures of one circle), ``what_if`` (taking guarantees away). All pure; all sums run in the order of
ids.
"""
