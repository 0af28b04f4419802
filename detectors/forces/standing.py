"""What the warning points say of an entity, as the scores need it: R, the tier, and which points show a colour."""

from collections.abc import Collection, Mapping

import msgspec

from detectors.catalogue.model import Catalogue
from detectors.judge import Judgement
from detectors.points.finding import RED
from detectors.score import score, tier


class Standing(msgspec.Struct, frozen=True, gc=False):
    """``risk`` is R (0 to 100), ``tier`` 0 to 3, ``levels`` the colour of each point that shows one, ``hard`` the
    points among them that make the tier red at once."""

    risk: float = 0.0
    tier: int = 0
    levels: Mapping[str, int] = {}
    hard: tuple[str, ...] = ()


def standing_of(judgement: Judgement, catalogue: Catalogue, without: Collection[str] = ()) -> Standing:
    """The standing by a judgement, as if the points in ``without`` did not exist."""
    seen = leave_out(judgement, without) if without else judgement
    levels = {name: verdict.level for name, verdict in seen.verdicts.items() if verdict.live}
    known = catalogue.by_id
    hard = tuple(
        name for name, level in levels.items() if level == RED and name in known and known[name].hard
    )
    return Standing(score(seen, catalogue), tier(seen, catalogue), levels, hard)


def leave_out(judgement: Judgement, points: Collection[str]) -> Judgement:
    """The same judgement without some of its points."""
    return msgspec.structs.replace(
        judgement,
        verdicts={name: verdict for name, verdict in judgement.verdicts.items() if name not in points},
        weighing={name: verdict for name, verdict in judgement.weighing.items() if name not in points},
    )
