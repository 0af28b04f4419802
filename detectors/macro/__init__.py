"""The macro risk index (宏观风险指数) of regions, industries, clusters and size classes.

Reading order: :mod:`rules` (the numbers), :mod:`group` (of whom), :mod:`counters` (what is counted), :mod:`components`
(what is measured of it), :mod:`index` (against its own history), :mod:`bands` (the colour), :mod:`board` (day by day),
:mod:`in_force` (by which numbers).
Companions: :mod:`diffusion`, :mod:`composite`.

Red means most at risk here. It is the opposite of the business-climate signal lights (景气信号灯), where red means
overheated; so every level carries the id of its scale.
"""
