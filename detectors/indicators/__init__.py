"""The indicator registry (指标库): more than five hundred, generated as measure × aggregation × window × filter.

Reading order: :mod:`indicator` (what an indicator is), :mod:`look` (how a ledger is looked at), then one module per
family, :mod:`registry` (all of them, and the value of one), :mod:`around` (what only the whole circle knows).

An indicator is a pure function of one view. It is worked out when it is asked for, and says why where it cannot be.
"""
