import re
from html.parser import HTMLParser

from labelled import case, checked, result, run_of

from eval.judging import Verdict
from eval.report import html, markdown, write_report

WRONG = result(
    Verdict.ANSWERED_UNSUPPORTED, "q-2", why="lacks <b>board</b>", gate_score=0.4, case=case("q-2", topic="reporting", turns=("Hi", "<script>x</script>?"))
)  # fmt: skip
REFUSED = result(Verdict.REFUSED_RIGHT, "r-1", case=case("r-1", expect="refused"), gate_score=0.1, proofs=())
RUN = run_of(result(gate_score=0.9), WRONG, REFUSED, claims=(checked(True, False), checked(True, True, "paraphrase")))


class Tags(HTMLParser):
    """Every tag that is opened, and every address that is named."""

    def __init__(self):
        super().__init__()
        self.tags, self.addresses = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.addresses += [v for k, v in attrs if k in ("src", "href")]


def test_the_page_stands_alone_and_escapes_what_it_shows():
    page = html(RUN, ["key facts <fell>"])
    tags = Tags()
    tags.feed(page)
    assert tags.addresses == []
    assert "script" not in tags.tags
    assert "link" not in tags.tags
    assert not re.search(r"https?://|@import|url\(", page)
    assert "&lt;script&gt;x&lt;/script&gt;?" in page
    assert "lacks &lt;b&gt;board&lt;/b&gt;" in page
    assert "key facts &lt;fell&gt;" in page
    assert tags.tags.count("svg") == 4


def test_each_case_that_went_wrong_is_there_with_its_evidence():
    page = html(RUN, [])
    assert "The 1 cases that went wrong" in page
    assert "vp#boss" in page
    assert "The 1 claims that the check misjudged" in page
    assert "a false one that passed" in page
    assert "threshold 0.20" in page


def test_the_markdown_holds_every_measure_and_no_time():
    text = markdown(RUN, ["key facts fell"])
    assert all(f"| {name} | {m.value:.3f} |" in text for name, m in RUN.measures.items())
    assert "3 cases: 1 answered-supported, 1 answered-unsupported, 1 refused-right, 0 refused-wrong, 0 error." in text
    assert text.endswith("- key facts fell\n")
    assert " ms" not in text


def test_a_run_without_anything_still_gives_a_page(tmp_path):
    page = write_report(run_of(), [], tmp_path / "deep" / "report")
    assert "Nothing to show" in page.read_text(encoding="utf-8")
    assert (page.parent / "report.md").read_text(encoding="utf-8").endswith("Nothing fell behind.\n")
