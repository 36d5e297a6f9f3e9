import os
import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coach.corpus import MAX_PASSAGE_WORDS, Corpus, plain, read_corpus, sentences, slug, split
from coach.errors import CorpusError
from coach.types import Document, Passage

ordinary = settings(deadline=None, max_examples=60, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def document(text: str, path: str = "page.md") -> Document:
    return Document("page", "Page", "", (), (), (), text, path)


def quotes(passages: list[Passage]) -> list[str]:
    return [p.quote(n) for p in passages for n in range(len(p.sentences))]


def check_offsets(doc: Document, passages: list[Passage]) -> None:
    """Every quote is exactly the characters that its offsets name, in order, without overlap or blank edges."""
    last = 0
    for passage in passages:
        assert passage.text == doc.text[passage.start : passage.end]
        for number, (start, end) in enumerate(passage.sentences):
            assert 0 <= start < end <= len(passage.text)
            first = passage.start + start
            assert first >= last
            last = passage.start + end
            assert doc.text[first:last] == passage.quote(number) == passage.quote(number).strip()


def skipped(corpus: Corpus) -> dict[str, str]:
    return {s.path: s.reason for s in corpus.skipped}


# Offsets


def test_a_wording_can_name_the_sentences_that_answer_it(tmp_path):
    text = "# A\n\n## Who leads?\n<!-- asked: boss? [2] | who and why? [2, 1] | Who leads? | plain [sic] -->\n\nA VP leads. A CPO leads the VP.\n"
    (tmp_path / "a.md").write_text(text)
    (passage,) = read_corpus(tmp_path).passages
    assert passage.questions == ("Who leads?", "boss?", "who and why?", "plain [sic]")
    assert passage.answers == ((1,), (1, 0), ())


def test_the_parts_of_a_long_section_share_its_wordings_but_not_their_sentences(tmp_path):
    body = " ".join(f"Sentence {n} has exactly ten words, and no more than that." for n in range(40))
    (tmp_path / "a.md").write_text(f"## Who?\n<!-- asked: the last one? [40] -->\n\n{body}\n")
    *others, last = read_corpus(tmp_path).passages
    assert others
    assert all(p.answers == ((),) for p in others)
    assert last.answers == ((len(last.sentences) - 1,),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("One line.", ["One line."], id="one line without an end"),
        pytest.param("One. Two here.\nThree is next.\n", ["One.", "Two here.", "Three is next."], id="sentences over lines"),
        pytest.param(
            "A PM ships, e.g. features, at Aha! in 2020. A VP decides.",
            ["A PM ships, e.g. features, at Aha! in 2020.", "A VP decides."],
            id="abbreviation and name with a mark",
        ),
        pytest.param("# Head\n\nBody text.\n", ["Body text."], id="heading is no sentence"),
        pytest.param(
            "- First item\n- Second item goes\n  over two lines\n3. Third\n",
            ["First item", "Second item goes\n  over two lines", "Third"],
            id="list items",
        ),
        pytest.param("| A | B |\n|---|:-:|\n| 1 | 2. 3 |\n", ["| A | B |", "| 1 | 2. 3 |"], id="table rows"),
        pytest.param("Before.\n<!-- hidden. words -->\nAfter.", ["Before.", "After."], id="comment on a line of its own"),
        pytest.param("Before <!-- hidden --> after.", ["Before", "after."], id="comment inside a line"),
        pytest.param("Seen.\n<!-- never closed\n# Not a heading\nhidden", ["Seen."], id="comment that is never closed"),
        pytest.param("<!-- draft:\n## Old heading\n\nhidden words -->\n\nSeen.", ["Seen."], id="heading in a comment"),
        pytest.param("## Head <!-- hidden -->\n\nBody text.\n", ["Body text."], id="comment beside a heading"),
        pytest.param("Above.\n\n---\n\nBelow.\n***\nUnder", ["Above.", "Below.", "Under"], id="rules"),
        pytest.param("A title\n=======\nText.", ["A title", "Text."], id="underlined title"),
        pytest.param("```\n# no heading\ncode()\n```\nAfter it.", ["# no heading code()", "After it."], id="code fence"),
        pytest.param(
            "\U0001f680 Ship it \U0001f469‍\U0001f4bb. Then é rest\u0301.",
            ["\U0001f680 Ship it \U0001f469‍\U0001f4bb.", "Then é rest\u0301."],
            id="emoji and accents",
        ),
        pytest.param("産品経理。副総裁。", ["産品経理。", "副総裁。"], id="script without spaces"),
        pytest.param("A line.\u2028Another line.", ["A line.", "Another line."], id="unicode line separator"),
    ],
)
def test_sentences_are_exact_pieces_of_the_text(text, expected):
    doc = document(text)
    passages = split(doc)
    check_offsets(doc, passages)
    assert [" ".join(q.split()) for q in quotes(passages)] == [" ".join(e.split()) for e in expected]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t\n",
        "\u2028\u2029\n",
        "\x0b\x0c\x1c\x85",
        "# Only a heading\n",
        "---\n",
        "<!-- only a comment -->",
        "```\n```\n",
        "|---|\n",
        "\ufeff",
    ],
)
def test_text_without_words_gives_no_passage(text):
    assert [q for q in quotes(split(document(text))) if any(c.isalnum() for c in q)] == []


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "BOM"])
def test_line_ends_and_byte_order_mark_change_nothing(tmp_path, end, mark):
    text = "---\ntitle: Ends\n---\n\n## What ends a line?\n\nA mark ends it.\nSo it does \U0001f600.\n\n- One item\n"
    corpus = read_corpus(write(tmp_path, {"ends.md": mark + text.replace("\n", end).encode()}))
    assert corpus.documents[0].text == text
    assert corpus.documents[0].title == "Ends"
    check_offsets(corpus.documents[0], list(corpus.passages))
    assert quotes(list(corpus.passages)) == ["A mark ends it.", "So it does \U0001f600.", "One item"]


@ordinary
@given(
    st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=300),
    st.sampled_from(["a.md", "a.txt"]),
)
def test_any_text_is_split_into_exact_pieces(text, path):
    doc = document(text, path)
    check_offsets(doc, split(doc))


@ordinary
@given(
    st.lists(
        st.sampled_from(
            [
                "# ",
                "## ",
                "\n",
                "\n\n",
                "- ",
                "1. ",
                "| a | b |\n",
                "|---|---|\n",
                "```\n",
                "~~~",
                "<!-- ",
                "-->",
                "---\n",
                "**",
                "_",
                "`",
                "[x](y)",
                "A PM ships. ",
                "word ",
                "e.g. ",
                "Aha! ",
                "\u2028",
                "\x0c",
                "\t",
                "\r",
                "\U0001f600",
                "é",
                " ",
            ]
        ),
        max_size=60,
    ).map("".join)
)
def test_any_mixture_of_markdown_is_split_into_exact_pieces(text):
    doc = document(text)
    passages = split(doc)
    check_offsets(doc, passages)
    assert len({p.id for p in passages}) == len(passages)


WORDS = [f"{a}{b}{c}a" for a in "bdfgklm" for b in "aeiou" for c in "npqrst"]


@st.composite
def pages(draw):
    """A page of known words: those that a reader sees, and those that stay out."""
    words = iter(draw(st.permutations(WORDS)))
    seen, hidden, lines = [], [], []

    def some(into: list[str]) -> str:
        taken = [next(words) for _ in range(draw(st.integers(1, 4)))]
        into.extend(taken)
        return " ".join(taken)

    for kind in draw(
        st.lists(st.sampled_from(["paragraph", "list", "table", "comment", "fence", "heading", "rule", "blank"]), max_size=12)
    ):
        match kind:
            case "paragraph":
                lines += [f"{some(seen).capitalize()}. {some(seen).capitalize()}", f"{some(seen)}!", ""]
            case "list":
                lines += [f"{draw(st.sampled_from(['-', '*', '+', '7.', '12)']))} {some(seen)}", f"  {some(seen)}"]
            case "table":
                lines += [f"| {some(seen)} | {some(seen)} |", "|---|---:|", f"| {some(seen)} | |"]
            case "comment":
                lines += [f"<!-- {some(hidden)}", f"{some(hidden)} -->"]
            case "fence":
                lines += ["```python", f"# {some(seen)}", "```"]
            case "heading":
                lines += ["", f"## {some(hidden)}", ""]
            case "rule":
                lines += ["", "* * *", ""]
            case "blank":
                lines += ["", "   "]
    front = f"---\ntitle: {some(hidden)}\n---\n" if draw(st.booleans()) else ""
    return front + "\n".join(lines), seen, hidden


@ordinary
@given(pages())
def test_every_word_that_a_reader_sees_stands_in_one_sentence_and_no_hidden_word_in_any(page):
    text, seen, hidden = page
    doc = document(text)
    passages = split(doc)
    check_offsets(doc, passages)
    said = re.findall(r"\w+", " ".join(quotes(passages)).lower())
    assert sorted(word for word in said if word in WORDS) == sorted(seen)
    embedded = " ".join(p.embedding_text for p in passages).lower().split()
    headings = {w for p in passages for w in p.heading.split()}
    assert not (set(hidden) - headings) & set(embedded)


# Passages


def test_a_passage_is_a_section_with_its_heading_and_a_readable_id(small_corpus):
    corpus = read_corpus(small_corpus)
    assert [p.id for p in corpus.passages] == [
        "metrics#what-is-a-conversion-rate",
        "promotion#promotion",
        "plain#plain",
        "pm#who-does-a-product-manager-report-to",
        "pm#what-does-a-product-manager-own",
        "vp#who-does-a-vp-of-product-report-to",
        "vp#who-does-a-vp-of-product-hire",
    ]
    passage = next(p for p in corpus.passages if p.id.startswith("pm#who"))
    assert passage.heading == "Who does a product manager report to?"
    assert passage.asked == ("boss of a pm?", "Whose team is a product manager in?")
    assert passage.questions == (passage.heading, *passage.asked)
    assert passage.answers == ((), ())
    assert passage.roles == ("pm",)
    assert passage.sources[0].label == "The PM book, Ana Ruiz, 2021"
    assert passage.embedding_text.startswith("Product Manager\nWho does a product manager report to?\nA product manager reports")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda t: t.replace("often reports to the founder", "reports to its founder"), id="another wording"),
        pytest.param(lambda t: t + "\n## A new section?\n\nIt is new.\n", id="a section after"),
        pytest.param(lambda t: t.replace("## Who", "## A new section?\n\nIt is new.\n\n## Who"), id="a section before"),
        pytest.param(lambda t: t.replace("roles: [pm]", "roles: [pm, senior-pm]"), id="other front matter"),
    ],
)
def test_ids_stay_when_something_else_changes(small_corpus, change):
    before = {p.id for p in read_corpus(small_corpus).passages}
    page = small_corpus / "pm.md"
    page.write_text(change(page.read_text()))
    assert before <= {p.id for p in read_corpus(small_corpus).passages}


def test_equal_headings_get_different_ids_in_order():
    passages = split(document("## Why?\n\nOne.\n\n## Why?\n\nTwo.\n\n## Why 2?\n\nThree.\n\n## Why?\n\nFour.\n"))
    assert [(p.id, p.text) for p in passages] == [
        ("page#why", "One."),
        ("page#why-2", "Two."),
        ("page#why-2-2", "Three."),
        ("page#why-3", "Four."),
    ]


def test_a_long_section_is_split_between_sentences():
    text = "## Long?\n\n" + " ".join(f"Sentence {n} has exactly six words." for n in range(100))
    passages = split(document(text))
    assert [p.id for p in passages] == ["page#long", "page#long-2", "page#long-3", "page#long-4"]
    assert all(len(p.text.split()) <= MAX_PASSAGE_WORDS for p in passages)
    assert len(quotes(passages)) == 100


def test_a_sentence_longer_than_a_passage_is_split_between_words():
    doc = document("word " * 1000)
    passages = split(doc)
    check_offsets(doc, passages)
    assert all(len(p.text.split()) <= MAX_PASSAGE_WORDS for p in passages)
    assert sum(len(p.text.split()) for p in passages) == 1000


def test_headings_of_text_files_are_text():
    assert quotes(split(document("# A number\n\nText.", "page.txt"))) == ["# A number", "Text."]


def test_sources_of_a_section_are_those_of_its_facts(tmp_path):
    write(
        tmp_path,
        {
            "sources.yaml": "A:\n  {title: One, holder: Ana, year: 2020}\nB:\n  {title: Two, holder: Ben, year: 2021, url: 'javascript:alert(1)'}\n",
            "facts.tsv": "fact\tsource\tconfidence\nF-1\tA B\thigh\nF-2\tB\tlow\nF-3\t-\tlow\n",
            "page.md": "---\nsources: [A]\n---\n## One?\n<!-- facts: F-2 -->\nText.\n\n## Two?\n<!-- facts: F-1, F-2 -->\nText.\n\n## Three?\nText.\n\n## Four?\n<!-- facts: F-3 -->\nText.\n",
        },
    )
    passages = read_corpus(tmp_path).passages
    assert [[s.title for s in p.sources] for p in passages] == [["Two"], ["One", "Two"], ["One"], ["One"]]
    assert passages[0].sources[0].url == ""


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("What is it?", "what-is-it"),
        ("Çà et là", "ca-et-la"),
        ("産品", "text"),
        ("", "text"),
        ("--", "text"),
        ("x" * 200, "x" * 80),
    ],
)
def test_slugs_are_readable(heading, expected):
    assert slug(heading) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("## What is it? ##", "What is it?"),
        ("# C#", "C#"),
        ("#  Many   blanks  ", "Many blanks"),
        ("###### Six", "Six"),
        ("# A #tag", "A #tag"),
    ],
)
def test_headings_lose_their_marks_only(line, expected):
    assert [p.heading for p in split(document(f"{line}\n\nText."))] == [expected]


@pytest.mark.parametrize("line", ["#hashtag", "####### Seven", "#", " # indented", "## "])
def test_what_is_no_heading_opens_no_section(line):
    assert [p.heading for p in split(document(f"Before.\n{line}\nAfter."))] == [""]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("A **bold** and _slanted_ `word`", "A bold and slanted word"),
        ("[text](https://example.org) and ![alt](a.png)", "text and alt"),
        ("snake_case_name and 2 * 3 * 4", "snake_case_name and 2 * 3 * 4"),
        ("| Churn | lost / start |", "Churn: lost / start"),
        ("over\n  lines", "over lines"),
    ],
    ids=["marks", "links", "no marks", "table row", "spaces"],
)
def test_plain_is_what_a_reader_sees(marked, expected):
    assert plain(marked) == expected


# Files


@pytest.mark.parametrize("name", ["note.txt", "note.md", "NOTE.TXT", "deep/er/note.md", "näme \U0001f680.md"])
def test_one_line_without_front_matter_is_a_page(tmp_path, name):
    corpus = read_corpus(write(tmp_path, {name: "A mentor listens first."}))
    assert quotes(list(corpus.passages)) == ["A mentor listens first."]
    assert corpus.documents[0].path == name
    assert corpus.documents[0].id == Path(name).stem
    assert corpus.skipped == ()


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# The **title**\n\nText.", "The title"),
        ("## Not a title\n\nText.", "my page"),
        ("---\ntitle: Given\n---\n# Other\n\nText.", "Given"),
        ("---\ntitle:\n---\nText.", "my page"),
    ],
    ids=["first heading", "file name", "front matter", "empty title"],
)
def test_a_page_has_a_title(tmp_path, text, title):
    assert read_corpus(write(tmp_path, {"my-page.md": text})).documents[0].title == title


@pytest.mark.parametrize(
    "text",
    [
        "---\n\nA rule, then text.\n",
        "---\nProse after a rule.\n\n---\n\nMore prose.\n",
        "----\ntitle: x\n----\n",
        "--- \nProse, with a comma.\n",
        "---\n- one\n- two\n---\nText.\n",
    ],
    ids=["a rule first", "two rules", "four dashes", "a rule with a space", "rules around a list"],
)
def test_a_page_may_begin_with_a_rule(tmp_path, text):
    corpus = read_corpus(write(tmp_path, {"page.md": text}))
    assert corpus.skipped == ()
    assert set(re.findall(r"\w+", text)) <= set(re.findall(r"\w+", " ".join(quotes(list(corpus.passages)))))


def test_front_matter_may_have_blanks_after_its_dashes(tmp_path):
    corpus = read_corpus(write(tmp_path, {"page.md": "---  \nid: mine\n---\t\nText.\n"}))
    assert corpus.documents[0].id == "mine"
    assert quotes(list(corpus.passages)) == ["Text."]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("broken.md", "---\nid: a\ntitle: [\n---\nText.\n", r"broken\.md:4: the YAML cannot be read \(.+\)\."),
        ("tab.md", "---\nid: a\n\ttitle: x\n---\nText.\n", r"tab\.md:3: the YAML cannot be read \(.+\)\."),
        ("date.md", "---\nid: a\nreviewed: 2024-13-45\n---\nText.\n", r"date\.md:\d: the YAML cannot be read \(.*month.*\)\."),
        (
            "object.md",
            "---\nid: !!python/object/apply:os.getcwd []\n---\nText.\n",
            r"object\.md:2: the YAML cannot be read \(.+\)\.",
        ),
        ("deep.md", "---\nid: " + "[" * 1500 + "\n---\nText.\n", r"deep\.md:\d: the YAML cannot be read \(.+\)\."),
        (
            "open.md",
            "---\nid: a\ntitle: b\n\nText.\n",
            r"open\.md:1: the front matter is not closed; end it with a line of three dashes\.",
        ),
        ("roles.md", "---\nid: a\nroles: {a: b}\n---\nText.\n", r"roles\.md:3: `roles` must be a list\."),
        ("source.md", "---\nsources: [{holder: x}]\n---\nText.\n", r"source\.md:2: a source needs at least a `title`\."),
        ("binary.md", b"%PDF-1.7\0\1\2", r"binary\.md: binary data, not text\."),
        ("picture.txt", b"\x89PNG\r\n\x1a\n\0\0\0", r"picture\.txt: binary data, not text\."),
        ("latin.md", "One line.\nZürich\n".encode("latin-1"), r"latin\.md:2: not UTF-8 text; save the file as UTF-8\."),
        ("utf16.txt", "Text".encode("utf-16"), r"utf16\.txt: binary data, not text\."),
        ("empty.md", "", r"empty\.md:1: there is no text in it\."),
        ("blank.txt", " \n\n\t\n", r"blank\.txt:1: there is no text in it\."),
        ("only.md", "---\nid: only\n---\n", r"only\.md:1: there is no text in it\."),
        ("marks.md", "\u2028\n***\n", r"marks\.md:1: there is no text in it\."),
        ("README.md", "# About\n\nThis folder.\n", r"README\.md: a README describes the folder and is not part of the corpus\."),
        ("sub/readme.MD", "About.\n", r"sub/readme\.MD: a README describes the folder and is not part of the corpus\."),
        ("slides.pptx", b"PK", r"slides\.pptx: only \.md and \.txt files are read\."),
    ],
    ids=lambda value: value if isinstance(value, str) and re.fullmatch(r"[\w/]+\.\w+", value) else "",
)
def test_a_bad_file_is_skipped_and_named_and_the_rest_is_read(tmp_path, name, content, reason):
    corpus = read_corpus(write(tmp_path, {"good.md": "A good page.\n", name: content}))
    assert [d.path for d in corpus.documents] == ["good.md"]
    assert [s.path for s in corpus.skipped] == [name]
    assert re.fullmatch(reason, corpus.skipped[0].reason), corpus.skipped[0].reason


def test_a_second_page_with_the_same_id_is_skipped(tmp_path):
    corpus = read_corpus(
        write(
            tmp_path,
            {"a.md": "---\nid: same\n---\nOne.\n", "b.md": "---\nid: same\n---\nTwo.\n", "c/a.md": "Three.", "d/a.txt": "Four."},
        )
    )
    assert [d.path for d in corpus.documents] == ["a.md", "c/a.md"]
    assert skipped(corpus) == {
        "b.md": "b.md:1: the id 'same' is already taken by a.md; rename one.",
        "d/a.txt": "d/a.txt:1: the id 'a' is already taken by c/a.md; rename one.",
    }


def test_hidden_files_and_folders_are_left_out_silently(tmp_path):
    corpus = read_corpus(write(tmp_path, {"a.md": "One.", ".git/b.md": "Two.", ".c.md": "Three.", "d/.e/f.txt": "Four."}))
    assert [d.path for d in corpus.documents] == ["a.md"]
    assert corpus.skipped == ()


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: path.symlink_to("nowhere"), "not a regular file"),
        (lambda path: path.symlink_to(path.name), "not a regular file"),
        (os.mkfifo, "not a regular file"),
        pytest.param(
            lambda path: path.symlink_to("/proc/self/mem"),
            "cannot be read",
            marks=pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs /proc"),
        ),
    ],
    ids=["link to nothing", "link to itself", "pipe", "read error"],
)
def test_a_file_that_cannot_be_read_is_skipped_and_named(tmp_path, make, reason):
    write(tmp_path, {"good.md": "A good page."})
    make(tmp_path / "bad.md")
    corpus = read_corpus(tmp_path)
    assert len(corpus.documents) == 1
    assert corpus.skipped[0].reason.startswith(f"bad.md: {reason}")


def test_a_folder_named_like_a_page_is_a_folder(tmp_path):
    corpus = read_corpus(write(tmp_path, {"folder.md/page.md": "A good page."}))
    assert [d.path for d in corpus.documents] == ["folder.md/page.md"]
    assert corpus.skipped == ()


def test_a_huge_file_is_skipped_unread(tmp_path):
    write(tmp_path, {"good.md": "A good page."})
    with (tmp_path / "huge.txt").open("wb") as file:
        file.truncate(20_000_001)
    assert skipped(read_corpus(tmp_path)) == {"huge.txt": "huge.txt: larger than 20 MB; split the file."}


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "No text was found in"),
        ({"empty.md": ""}, "empty.md:1: there is no text in it."),
        ({"a.pdf": b"%PDF"}, "a.pdf: only .md and .txt files are read."),
    ],
    ids=["empty folder", "empty file", "other formats"],
)
def test_a_corpus_without_text_is_an_error_with_reasons(tmp_path, files, message):
    with pytest.raises(CorpusError, match=re.escape(message)):
        read_corpus(write(tmp_path, files))


def test_a_folder_that_is_not_there_is_an_error_with_a_remedy(tmp_path):
    with pytest.raises(CorpusError, match="does not exist; give another with --corpus or COACH_CORPUS"):
        read_corpus(tmp_path / "missing")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("sources.yaml", "A: {title: One}\nB: [\n", r"sources\.yaml:\d: the YAML cannot be read"),
        ("sources.yaml", "A: {title: One}\nB: {holder: Ben}\n", r"sources\.yaml:2: a source needs at least a `title`"),
        ("sources.yaml", b"\xff\xfe", "cannot be read"),
        ("facts.tsv", b"fact\tsource\n\xff", "cannot be read"),
        ("declined.yaml", "topic: x\n", "must be a list of topic, turn_to and examples"),
        ("declined.yaml", "- {topic: x}\n", "must be a list of topic, turn_to and examples"),
        ("declined.yaml", "- [\n", "must be a list of topic, turn_to and examples"),
    ],
)
def test_a_broken_companion_file_is_an_error_that_names_it(tmp_path, name, content, message):
    with pytest.raises(CorpusError, match=message) as caught:
        read_corpus(write(tmp_path, {"a.md": "One.", name: content}))
    assert name in str(caught.value)


def test_declined_questions_are_read(tmp_path):
    write(
        tmp_path,
        {
            "a.md": "One.",
            "declined.yaml": "- topic: pay\n  turn_to: a recruiter\n  examples: ['what  is\n    the pay', 12]\n- topic: visas\n  examples: []\n",
        },
    )
    declined = read_corpus(tmp_path).declined
    assert [(d.topic, d.turn_to, d.examples) for d in declined] == [
        ("pay", "a recruiter", ("what is the pay", "12")),
        ("visas", "", ()),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "# a" + " " * 20_000 + "b\n\nText.",
        "[" * 20_000,
        "*a " * 10_000,
        "_a " * 10_000,
        "[a](" * 10_000,
        "<!--" * 10_000,
        "| " * 20_000,
        "> " * 20_000,
        "a." * 20_000,
        "Same line.\n\n" * 20_000,
        "# Same?\n\nText.\n\n" * 10_000,
    ],
    ids=lambda text: repr(text[:8]),
)
def test_odd_text_is_read_in_a_moment(text):
    start = time.process_time()
    doc = document(text)
    passages = split(doc)
    for quote in quotes(passages):
        plain(quote)
    assert time.process_time() - start < 5
    check_offsets(doc, passages)


def test_the_starter_corpus_is_read_whole():
    from conftest import STARTER_CORPUS

    corpus = read_corpus(STARTER_CORPUS)
    texts = {d.id: d for d in corpus.documents}
    assert [s for s in corpus.skipped if not s.path.endswith("README.md")] == []
    for d in corpus.documents:
        check_offsets(texts[d.id], [p for p in corpus.passages if p.document_id == d.id])
    assert len({p.id for p in corpus.passages}) == len(corpus.passages)


def test_sentences_can_be_asked_for_a_part_of_a_text():
    text = "Before. In the part. Also in it. After."
    start, end = text.index("In"), text.index(" After")
    assert [text[a:b] for a, b in sentences(text, start, end)] == ["In the part.", "Also in it."]


def test_a_page_without_a_name_still_has_a_title(tmp_path):
    (tmp_path / "__.txt").write_text("Biscuit may visit on Tuesdays.\n")
    (tmp_path / "blank.md").write_text("---\ntitle: ' '\n---\n\nBiscuit may visit on Fridays.\n")
    assert all(p.questions for p in read_corpus(tmp_path).passages)


def test_a_date_that_no_calendar_has_is_named_in_the_declined_list(tmp_path):
    (tmp_path / "a.txt").write_text("Biscuit may visit on Tuesdays.\n")
    (tmp_path / "declined.yaml").write_text("- {topic: dates, examples: [2024-02-30]}\n")
    with pytest.raises(CorpusError, match=r"declined\.yaml"):
        read_corpus(tmp_path)
