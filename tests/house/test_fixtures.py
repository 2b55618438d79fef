"""What the tests lean on finds what it is for."""

PAGE = """<!doctype html>
<html lang="en-GB"><head><title>Rug</title></head><body><main><h1>Rug</h1>{}</main></body></html>
"""


def test_the_check_of_pages_finds_an_inline_style_and_passes_a_sound_page(faults_of_html):
    faults = faults_of_html(
        {
            "sound": PAGE.format("<p>24.1</p>"),
            "styled": PAGE.format('<p style="color:red">24.1</p>'),
        }
    )

    assert len(faults) == 1
    assert faults[0].startswith("styled:")
    assert "no-inline-style" in faults[0]


def test_what_stands_beside_the_repository_is_handed_over_whole(shared):
    assert (shared / "vectors").is_dir()
    assert (shared / "data").is_dir()
