"""The loom: the same rug for as long as nothing changes, and never an old one."""

from dataclasses import replace

import pytest

from schemas.events import (
    Finding,
    Observation,
    QueryExplained,
    ReturnAccepted,
    StandingsUpdated,
    TextSet,
)
from services.gateway.core.apply import apply
from services.gateway.core.cell import Show
from services.gateway.core.rug import Choice
from services.gateway.loom import Loom, Setting
from services.gateway.sample.history import make_event
from services.gateway.sample.store import make_store
from services.gateway.views import Views

SETTING = Setting(region="D00", collection="riia-quarterly", period="2026-27-Q2")


@pytest.fixture
def store(history):
    return make_store(history)


@pytest.fixture
def loom(store, library):
    return Loom(Views(store, library=library, nation="demo"))


def cells_of(rug, code):
    place = [column.code for column in rug.columns].index(code)
    return {row.indicator.code: row.cells[place] for row in rug.rows}


def test_a_rug_is_woven_once_while_nothing_changes(loom):
    assert loom.rug(SETTING) is loom.rug(SETTING)
    assert loom.rug(SETTING) == loom.weave(loom.yarn(SETTING))


def test_each_choice_has_a_rug_of_its_own(loom):
    by_band = Choice(show=Show.BAND)

    assert loom.rug(SETTING, by_band) == loom.weave(loom.yarn(SETTING), by_band)
    assert loom.rug(SETTING, by_band) != loom.rug(SETTING)
    assert loom.rug(replace(SETTING, period="2026-27-Q1")) != loom.rug(SETTING)


def test_a_rug_shows_what_has_arrived_since_it_was_woven(loom, store, history):
    standings = next(
        event.data
        for event in history
        if isinstance(event.data, StandingsUpdated)
        and (event.data.authority, event.data.period) == ("D06", SETTING.period)
        and event.data.collection == SETTING.collection
    )
    before = cells_of(loom.rug(SETTING), "D06")
    told = standings.standings[0]
    changed = told.model_copy(
        update={"comparison": told.comparison.model_copy(update={"value": 98.7})}
    )
    news = standings.model_copy(update={"standings": (changed, *standings.standings[1:])})
    store.put(apply(store.get, make_event(news, time="2026-12-01T00:00:00.000Z")), positions={})

    after = cells_of(loom.rug(SETTING), "D06")
    assert after[changed.indicator].value.startswith("98.7")
    assert {code for code in after if after[code] != before[code]} == {changed.indicator}


def explained(text: str) -> list:
    """A return with a query on CP01 that its authority answers later, and a real standing of it."""
    sent = ReturnAccepted(
        return_id="explained-1",
        authority="D06",
        collection=SETTING.collection,
        period=SETTING.period,
        sha256="00",
        size=1,
        media_type="text/csv",
        channel="api",
        rules="2026.2",
        observations=(Observation(indicator="CP01", numerator=470),),
        findings=(Finding(code="Q200", severity="query", indicator="CP01"),),
    )
    said = QueryExplained(
        return_id="explained-1",
        authority="D06",
        collection=SETTING.collection,
        period=SETTING.period,
        indicator="CP01",
        codes=("Q200",),
        text="text-1",
    )
    return [sent, said, TextSet(id="text-1", kind="note", text=text)]


def tell(store, *payloads) -> None:
    for payload in payloads:
        event = make_event(payload, time="2026-12-01T09:00:00.000Z")
        store.put(apply(store.get, event), positions={})


def test_what_explains_a_figure_stands_in_its_cell_and_in_no_other(loom, store):
    tell(store, *explained("A police operation."))
    rug = loom.rug(SETTING)

    found = {code: cell.said for code, cell in cells_of(rug, "D06").items() if cell.said}
    assert found == {"CP01": "A police operation."}
    assert not any(cell.said for cell in cells_of(rug, "D05").values())


def test_an_erased_explanation_leaves_the_rug_and_a_long_one_is_cut(loom, store):
    tell(store, *explained("word " * 400))
    cut = cells_of(loom.rug(SETTING), "D06")["CP01"].said
    assert (len(cut), cut[-1]) == (240, "…")

    tell(store, TextSet(id="text-1", kind="note", text=None))
    assert cells_of(loom.rug(SETTING), "D06")["CP01"].said == ""


def test_an_explanation_is_in_the_page_of_the_rug_as_text(store, library, make_client):
    tell(store, *explained("Up <b>because</b> of us."))
    page = make_client(Views(store, library=library, nation="demo")).get("/rug").text

    assert '<details class="rug__said"><summary>explained</summary>Up &lt;b&gt;because' in page
    turned = make_client(Views(store, library=library, nation="demo")).get("/rug?transpose=yes")
    assert turned.text.count('<details class="rug__said">') == 1
