"""The check of a return: one pass that says everything that is wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from schemas.catalogue import Indicator
from schemas.events import Severity
from schemas.reference import Library
from services.ingest.core.carrying import answer
from services.ingest.core.consistency import inconsistent
from services.ingest.core.crossfield import figures_fit, rows_fit
from services.ingest.core.csv_reader import read_csv
from services.ingest.core.disclosure import small_numbers
from services.ingest.core.document import Document, Format
from services.ingest.core.entry import Entry, read_entries
from services.ingest.core.fault import Column, Fault, fault
from services.ingest.core.head import Head, read_head
from services.ingest.core.json_reader import read_json
from services.ingest.core.past import Past, look_back
from services.ingest.core.plausibility import implausible, rounded
from services.ingest.core.report import Report, counted, grouped, queries, severity
from services.ingest.core.timeliness import timely
from services.ingest.core.version import Versions


def read(body: bytes, *, format: Format) -> Document:
    """Read a text; never raises, whatever the bytes: what is wrong stands in the document.

    A workbook is opened by a shell and read by ``read_workbook``.
    """
    return read_csv(body) if format is Format.CSV else read_json(body)


def check(
    document: Document, *, library: Library, known: Versions, today: date | None = None
) -> Report:
    """Say all that is wrong with a document, and the observations it makes if nothing is.

    ``today`` is the day on which it came, for notices about time; without it there are none.

    The same figures give the same observations and findings whichever format they came in. Queries
    and notices leave a return acceptable; one error empties it.
    """
    version = catalogue_version(library, known=known)
    catalogue = library.catalogue(version)
    collections = tuple(sorted({indicator.collection for indicator in catalogue.values()}))
    head, of_head = read_head(document, library=library, known=known, collections=collections)
    of_head += timely(head, known=known, today=today)
    entries, of_entries = read_entries(document, catalogue=catalogue)
    faults = [*document.faults, *of_head, *of_entries]
    if document.rows and Column.INDICATOR not in document.absent:
        faults += _named(entries, head, catalogue)
    past = _past(head, library, known, catalogue)
    faults += _figures(entries, document, head, known, past)
    if not any(severity(found) is Severity.ERROR for found in faults):
        faults += small_numbers(entries)
    return _report(document, head, entries, faults, version=version, catalogue=catalogue)


def catalogue_version(library: Library, *, known: Versions) -> str:
    """Return the version of the catalogue that counts: what the log says, else the newest."""
    if known.method is not None and known.method.catalogue in library.catalogues:
        return known.method.catalogue
    return max(library.catalogues)


def _named(
    entries: Sequence[Entry], head: Head, catalogue: Mapping[str, Indicator]
) -> Iterator[Fault]:
    seen: set[str] = set()
    for entry in entries:
        if entry.indicator is None:
            continue
        place, code, home = entry.place(Column.INDICATOR), entry.code, entry.indicator.collection
        if code in seen:
            yield fault("S045", place=place, indicator=code)
        elif head.collection is not None and home != head.collection:
            facts = {"home": home, "collection": head.collection}
            yield fault("S044", place=place, indicator=code, **facts)
        seen.add(str(code))
    if head.collection is not None:
        for code, indicator in catalogue.items():
            if indicator.collection == head.collection and code not in seen:
                yield fault("S046", indicator=code)


def _past(
    head: Head, library: Library, known: Versions, catalogue: Mapping[str, Indicator]
) -> Past | None:
    """Return what the figures are held against, None where it is not said whose they are."""
    if head.authority is None or head.collection is None or head.period is None:
        return None
    senders = library.senders(known.nation)
    return look_back(
        head.authority,
        head.collection,
        head.period,
        known=known,
        senders=senders,
        catalogue=catalogue,
    )


def _figures(
    entries: Sequence[Entry], document: Document, head: Head, known: Versions, past: Past | None
) -> Iterator[Fault]:
    if not document.absent.isdisjoint({Column.NUMERATOR, Column.DENOMINATOR}):
        return
    yield from figures_fit(entries)
    by_code: dict[str, Entry] = {}
    for entry in entries:
        if entry.counted:
            by_code.setdefault(str(entry.code), entry)
    by_code.pop("None", None)
    yield from rows_fit(by_code)
    for odd in (*inconsistent(by_code), *rounded(by_code), *_after(by_code, past)):
        yield answer(odd, by_code, head=head, known=known)


def _after(entries: Mapping[str, Entry], past: Past | None) -> Iterator[Fault]:
    if past is not None:
        yield from implausible(entries, past=past)


def _report(
    document: Document,
    head: Head,
    entries: Sequence[Entry],
    faults: Sequence[Fault],
    *,
    version: str,
    catalogue: Mapping[str, Indicator],
) -> Report:
    found, total = grouped(faults)
    report = Report(
        catalogue=version,
        authority=head.authority.code if head.authority else None,
        collection=head.collection,
        period=str(head.period) if head.period else None,
        rows=len(document.rows),
        findings=found,
        total=total,
        counts=counted(faults),
        refused=document.refused,
    )
    if not report.acceptable:
        return report
    order = {code: number for number, code in enumerate(catalogue)}
    sorted_entries = sorted(entries, key=lambda entry: order[str(entry.code)])
    return replace(
        report,
        observations=tuple(entry.observation() for entry in sorted_entries),
        notes={str(entry.code): entry.note for entry in sorted_entries if entry.note},
        queries=queries(faults),
    )
