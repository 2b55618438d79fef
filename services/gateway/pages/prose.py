"""Pages of plain words: accessibility, what is held, help, and what each problem means."""

from collections.abc import Callable

from fastapi import APIRouter, Request, Response

from services.gateway.api.parameter import missing
from services.gateway.pages.furniture import Furniture

Parts = tuple[tuple[str, str | tuple[str, ...]], ...]

PAGES: dict[str, tuple[str, Parts]] = {
    "/accessibility": (
        "Accessibility statement",
        (
            (
                "lead",
                "These pages are meant to meet the Web Content Accessibility Guidelines 2.2 at "
                "level AA.",
            ),
            ("p", "You should be able to:"),
            (
                "l",
                (
                    "use every page with a keyboard alone, and without a script",
                    "read every page at 320 pixels wide or at 400% without scrolling sideways; "
                    "wide tables scroll in a box of their own",
                    "tell every cell of the rug by its letter, shape and words as well as its "
                    "colour",
                    "listen to most of the service with a screen reader",
                ),
            ),
            ("h", "What is known not to work well"),
            (
                "l",
                (
                    "The rug is a large table. One authority at a time is easier to listen to: "
                    "open the authority’s own page.",
                    "Charts are pictures with a title and a description; the table under each "
                    "has every figure.",
                ),
            ),
            ("h", "How it was tested"),
            (
                "p",
                "Every release is tested by axe-core in a browser at 1,440 and 320 pixels, with "
                "and without scripts, and by keyboard. It has not been audited by others.",
            ),
            ("h", "If something does not work for you"),
            ("p", "Tell whoever runs this service in your region; they answer for it."),
        ),
    ),
    "/privacy": (
        "What is held",
        (
            ("lead", "Counts and rates of groups, never a child."),
            (
                "p",
                "Returns carry numbers for a whole authority. There is no field in which a child "
                "could be sent, and a file that looks like records of children is refused and not "
                "kept.",
            ),
            (
                "p",
                "Small numbers can still tell something about a few people. Within the group of "
                "directors they are shown as returned; do not pass them on.",
            ),
            (
                "p",
                "What people write is kept apart from the figures and can be erased for good. The "
                "log of figures names no person. These pages set no cookie.",
            ),
        ),
    ),
    "/help": (
        "Help",
        (
            ("lead", "Whoever runs this service in your region helps with it."),
            ("h", "Sending a return"),
            (
                "p",
                "Your system, a file or a form can send it; the answer lists everything that is "
                "wrong at once. Templates have every indicator in them, samples are scripts that "
                "send a file, and the API reference has each address.",
            ),
            ("h", "Reading the rug"),
            (
                "p",
                "Start with what is red, then look at the authority’s own page: it has the "
                "figures beside England, the region and the statistical neighbours.",
            ),
            ("h", "Answering an alert"),
            (
                "p",
                "An alert is a question. Open it and write what lies behind the figures; everyone "
                "who was told sees the answer.",
            ),
        ),
    ),
}

PROBLEMS = {
    "not-found": "There is nothing under this address, id or code. Check it; lists show what "
    "there is.",
    "unknown-value": "A parameter has a value that we do not have. The problem names the parameter "
    "and says what is expected.",
    "request-not-understood": "A part of the request has the wrong form. The problem lists each "
    "part and what is expected there.",
    "method-not-allowed": "The address does not take that method; the Allow header says which it "
    "takes.",
    "request": "The request could not be dealt with as it stands; its title says why.",
    "log-unavailable": "Nothing can be stored at the moment, and nothing was. Send the same again "
    "after the time in Retry-After.",
    "body-unreadable": "The body is not JSON in UTF-8. Check how the file was written, and send it "
    "again.",
    "log-damaged": "What is stored cannot be read, so nothing is taken. The operator restores the "
    "last backup; send again what you sent since.",
    "outcome-unknown": "It is not known whether what you sent was stored. Send the same bytes "
    "again: if they were stored you get the same receipt.",
    "views-unavailable": "The figures cannot be shown at the moment. Nothing is lost, and returns "
    "can still be sent. Try again after the time in Retry-After.",
    "views-being-built": "The figures are being put together from the log, as they are after a "
    "release or a fault. Nothing is lost. Try again in a minute or two.",
    "alerts-away": "Answers cannot be taken at the moment. Keep what you wrote, and send the same "
    "words again in a minute: they count once.",
    "unforeseen": "Something went wrong on our side. Try again; if it stays, tell the operator the "
    "request’s id.",
    "not-from-here": "A form was sent from another site. Open our own page and send it from there.",
    "file-too-large": "The body is larger than any return. Check that it is the return and not an "
    "extract of records.",
    "validation-failed": "The return has faults and nothing was stored. The report lists all of "
    "them with what to do about each.",
    "collection-closed": "The period is not open. See the list of collections for those that are.",
    "period": "The period cannot be opened or closed: its due day is missing or too early, it is "
    "closed already, or it was never opened. The problem says which, and what to do.",
    "version-conflict": "Other bytes already stand for this authority, collection and period. The "
    "problem names them; say supersedes to put an earlier version back.",
    "unsupported-media-type": "A return is JSON, CSV or an Excel workbook (.xlsx), or one of these "
    "as the file of a form. Say which in Content-Type.",
    "workbooks-busy": "Too many workbooks are being read at the moment. Nothing was accepted. Send "
    "the same file again after the time in Retry-After, or send it as CSV.",
    "explanation-unfit": "An explanation is words about a figure that the check asked about, or "
    "that those of the quarter before hold still. The problem says what is wrong with each.",
    "reason-unfit": "A reason says why, in words that are not too long and without any number "
    "that belongs to a single child.",
    "reason-missing": "The return that stands was signed off, so whoever sends another version "
    "says why: add ?reason= and the words.",
    "return-locked": "The period has closed, so what stood then is not changed. The regional "
    "analyst unlocks it with a reason; then send the same again.",
    "not-locked": "Only a return whose period has closed is locked. This one can be sent again or "
    "withdrawn as it is.",
    "another-statement": "Whoever signs a return off agrees to the statement that is in force. The "
    "problem has its words and its id: read them, and send the id.",
    "queries-open": "The check asked about figures of the return, and nobody has explained them. "
    "Explain them or send the right ones; then the return can be signed off.",
    "already-signed-off": "A sign-off is not taken back. Send the return again with a reason, or "
    "withdraw it.",
    "ingest-away": "Explanations and files cannot be taken at the moment, and receipts cannot be "
    "shown. Keep what you wrote, and send the same again in a minute: it counts once.",
    "answer-needs-text": "An answer has words. To say only that the alert was seen, send an "
    "acknowledgement.",
    "answer-too-long": "The answer is longer than what is taken. Say the gist and point to where "
    "the rest can be read.",
    "unknown-alert": "There is no alert of that id. The list of alerts has them.",
    "child-level-data": "The file looks like records of children. It was refused and not kept: "
    "send the counts of the return alone.",
    "release-taken": "Other figures already stand under this release of the data set. Give the "
    "corrected file a release of its own.",
    "unknown-file": "The file is not one of the published files that can be read. The problem says "
    "which can.",
    "service-away": "A part of Tartan does not answer. Try again in a few seconds; what was sent "
    "may be sent again, it counts once.",
}


def router(furniture: Furniture) -> APIRouter:
    """Serve the pages of plain words."""
    routes = APIRouter(include_in_schema=False)

    for path in PAGES:
        routes.add_api_route(path, _reader(furniture, path), methods=["GET"])

    @routes.get("/problems/{slug}")
    def problem(request: Request, slug: str) -> Response:
        if slug not in PROBLEMS:
            raise missing("kind of problem", slug, where="Problem documents name theirs in type.")
        title = slug.replace("-", " ").capitalize()
        return furniture.page(
            request,
            "words.html",
            title=f"Problem: {title.lower()}",
            crumbs=(("/developers/api", "API reference"),),
            live=False,
            parts=(("lead", PROBLEMS[slug]),),
        )

    return routes


def _reader(furniture: Furniture, path: str) -> Callable[[Request], Response]:
    def read(request: Request) -> Response:
        title, parts = PAGES[path]
        return furniture.page(request, "words.html", title=title, live=False, parts=parts)

    return read
