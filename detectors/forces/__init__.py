"""Five forces, credit score and probability of default: slow-moving levels beside the warning points.

Their numbers are part of the catalogue (``forces``), so that one version fixes them all.
"""
