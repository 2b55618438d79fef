"""The kinds of page that the product has, each known by its path and by what it holds."""

from dataclasses import dataclass

_OURS, _REAL, _ID = r"/authorities/D\d\d", r"/authorities/\d{3}", r"[-\w]+"
_CHART = r'<svg class="chart"'


@dataclass(frozen=True, slots=True)
class Kind:
    """What tells a page: its path with its query, and what its HTML holds; both are patterns."""

    path: str
    holds: str = ""


KINDS = {
    "home": Kind("/"),
    "rug": Kind("/rug"),
    "rug by band": Kind(r"/rug\?show=band"),
    "rug of another return": Kind(r"/rug\?collection=regional-quarterly"),
    "rug of red rows": Kind(r"/rug\?only_red=yes"),
    "rug turned": Kind(r"/rug\?transpose=yes"),
    "authorities": Kind("/authorities"),
    "authority": Kind(_OURS, "tartan-card--(concern|escalate)"),
    "late authority": Kind(_OURS, "Late: due on"),
    "real authority": Kind(_REAL),
    "figure": Kind(rf"{_OURS}/indicators/\w+", _CHART),
    "published figure": Kind(rf"{_REAL}/indicators/\w+", _CHART),
    "indicators": Kind("/indicators"),
    "indicator": Kind(r"/indicators/\w+", rf"Lower is better[\s\S]*{_CHART}"),
    "neutral indicator": Kind(r"/indicators/\w+", r"Neither</dd>[\s\S]*>Similar<"),
    "alerts": Kind("/alerts"),
    "risk": Kind(f"/alerts/{_ID}", r'tartan-tag--(watch|concern|escalate)">\w+</strong> Open'),
    "strength": Kind(f"/alerts/{_ID}", "tartan-tag--strength"),
    "withdrawn alert": Kind(f"/alerts/{_ID}", "Withdrawn because"),
    "notices": Kind("/notices"),
    "return": Kind(f"/returns/{_ID}", "Withdraw the return"),
    "locked return": Kind(f"/returns/{_ID}", "so it is locked"),
    "returns": Kind("/returns"),
    "older returns": Kind(r"/returns\?after=[-\w]+"),
    "changes": Kind(f"/returns/{_ID}/changes", "Values that changed"),
    "collections": Kind("/collections"),
    "collection": Kind(r"/collections/[-\w]+/\d{4}-\d\d-Q\d", "Download the list as CSV"),
    "data sets": Kind("/data"),
    "withdrawal": Kind(f"/returns/{_ID}/withdrawal"),
    "sign-off": Kind(f"/returns/{_ID}/sign-off"),
    "unlocking": Kind(f"/returns/{_ID}/unlock"),
    "receipt": Kind(f"/returns/{_ID}/receipt"),
    "verification": Kind(f"/receipts/{_ID}"),
    "check": Kind("/check"),
    "send": Kind("/returns/new"),
    "form": Kind(r"/returns/new/D\d\d/[-\w]+/[-\w]+", "tartan-tasks"),
    "templates": Kind("/templates"),
    "templates of another return": Kind(r"/templates\?collection=regional-quarterly"),
    "samples": Kind("/developers/samples"),
    "rules": Kind("/rules"),
    "rule": Kind(r"/rules/[A-Z]\d{3}"),
    "method": Kind("/method"),
    "reference": Kind("/developers/api"),
    "accessibility": Kind("/accessibility"),
    "privacy": Kind("/privacy"),
    "help": Kind("/help"),
}
