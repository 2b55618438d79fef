"""How heavy and how slow the rug is: the budgets of a page that must open on any machine."""

import gzip
import re
import time

import httpx2 as httpx


def test_the_rug_with_its_styles_weighs_at_most_60_kilobytes(site):
    with httpx.Client(base_url=site.base) as client:
        page = client.get("/rug").content
        styles = client.get(re.search(rb'href="(/static/[^"]+\.css)"', page)[1].decode()).content
        weight = len(gzip.compress(page)) + len(gzip.compress(styles))
        sent = client.get("/rug", headers={"accept-encoding": "gzip"}).headers["content-encoding"]

    print(f"rug with styles: {weight / 1000:.1f} kB")
    assert sent == "gzip"
    assert weight <= 60_000


def test_the_rug_is_served_within_its_budget(site):
    with httpx.Client(base_url=site.base) as client:
        for _ in range(20):
            client.get("/rug")
        spent = []
        for _ in range(200):
            begun = time.process_time()
            client.get("/rug")
            spent.append(time.process_time() - begun)
    spent.sort()
    p50, p99 = (spent[round(len(spent) * q) - 1] * 1000 for q in (0.5, 0.99))
    print(f"rug of 11 authorities: p50 {p50:.1f} ms, p99 {p99:.1f} ms")

    # Of processor time, server and client together: what others do on the machine is no fault here.
    assert p99 <= 50
