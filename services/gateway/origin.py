"""Whether a form was sent from our own pages: browsers say so, and nothing else may post one."""

from starlette.datastructures import URL, Headers

from services.runtime.problem import Problem


def require_own_page(headers: Headers, url: URL) -> None:
    """Raise the 403 unless the browser says that the form stood on a page of this very host.

    ``Sec-Fetch-Site`` decides where it is sent, else ``Origin``; a request with neither is no
    form of a browser that we know how to trust.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        is_own = site == "same-origin"
    else:
        is_own = origin is not None and URL(origin).netloc == url.netloc
    if not is_own:
        raise Problem(
            403,
            "not-from-here",
            "This form was not sent from one of our own pages",
            "Open the page again and send it from there. A script uses the API instead.",
        )
