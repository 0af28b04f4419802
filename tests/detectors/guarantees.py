"""Short hands for guarantee graphs in tests: arcs are written ``{"A>B": 0.4}``, A standing for B."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from detectors.contagion.graph import Graph, Link
from detectors.contagion.parameters import Contagion

LIMIT = Contagion()
M = 1_000_000_00  # a base of one million, in minor units

NAMES = "ABCDEF"
OWN = (0.0, 0.05, 0.3, 0.9, 1.0)
WEIGHTS = (0.0, 0.2, 0.5, 0.8, 0.99, 1.0)


def link(arc: str, weight: float, ident: str = "", **more: Any) -> Link:
    """A link written ``guarantor>debtor``."""
    guarantor, debtor = arc.split(">")
    return Link(ident or arc, guarantor, debtor, weight, **more)


def graph(arcs: Mapping[str, float], own: Mapping[str, float] | None = None, **more: Any) -> Graph:
    """A graph of single links; ``more`` goes to every link."""
    made = Graph()
    for name, probability in (own or {}).items():
        made.tell(name, probability)
    for arc, weight in arcs.items():
        made.put(link(arc, weight, **more))
    return made


def arcs() -> st.SearchStrategy[str]:
    """Any arc between two of six firms."""
    return st.permutations(NAMES).map(lambda names: f"{names[0]}>{names[1]}")


def graphs(weights: tuple[float, ...] = WEIGHTS, **more: Any) -> st.SearchStrategy[Graph]:
    """Graphs of six firms, circles included."""
    return st.builds(
        lambda own, links: graph(links, own, **more),
        st.fixed_dictionaries({name: st.sampled_from(OWN) for name in NAMES}),
        st.dictionaries(arcs(), st.sampled_from(weights), max_size=14),
    )
