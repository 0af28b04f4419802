"""How often the cycle collector looks at a process that holds millions of objects without cycles."""

import gc

_THRESHOLDS = (10_000, 10, 100)


def collect_seldom() -> None:
    """Leave what is loaded by now alone for good, and look at the rest seldom.

    To look at every enterprise in memory takes longer than an alert may (measured: 70 ms at 3,000 enterprises, and
    growing with them), and a tenth of a backtest.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
