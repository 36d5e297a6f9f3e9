import pytest

from coach.spelling import repair

WORDS = {
    w: n
    for n, w in enumerate(
        "product manager managers have direct reports report skills strategy roadmap metrics difference promotion".split(), 1
    )
}
ENGLISH = {"does", "what", "take", "bread", "weather", "between", "need", "want"}


def mended(text: str) -> str:
    return repair(text, ENGLISH.__contains__, WORDS)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("do product mgrs hav direct reports", "do product managers have direct reports"),
        ("wat is the diffrence btwn them", "what is the difference between them"),
        ("which skils", "which skills"),
        ("stratgy and roadmpa", "strategy and roadmap"),
        ("a promotoin pls", "a promotion please"),
    ],
    ids=["chat spelling", "dropped letter", "short word", "swapped letters", "two letters swapped"],
)
def test_misspelt_words_become_the_nearest_words_of_the_corpus(typed, meant):
    assert mended(typed) == meant


@pytest.mark.parametrize(
    "text", ["What does bread need?", "ab cd", "Zyzzyva", "I don't want reports", "Kubernetes"], ids=lambda t: t
)
def test_known_and_unlike_words_stay_as_they_are(text):
    assert mended(text) == text


def test_words_of_one_corpus_never_repair_a_question_to_another():
    # A corpus that is gone leaves its place in memory to the next one.
    for word, other in [("biscuit", "biscotti"), ("lantern", "lasagne")] * 5:
        assert repair(word[:-2] + word[-1], set().__contains__, {word: 1}) == word
        assert repair(word[:-2] + word[-1], set().__contains__, {other[0] + "zzzzzz": 1}) == word[:-2] + word[-1]


@pytest.mark.parametrize(
    "text", ["is it offline or online", "a recruiter from an insurer", "the standup, the pivot and the login", "tidying up", "a résumé from Kraków", "my co-founder"],
    ids=lambda t: t,
)  # fmt: skip
def test_a_good_word_that_the_corpus_lacks_is_no_slip(text):
    assert (
        repair(
            text, lambda _: False, dict.fromkeys("outline online recruit insider startup pilot logic trying company".split(), 1)
        )
        == text
    )


def test_behind_product_a_good_word_may_be_a_misspelt_role():
    assert mended("what does a product manger do") == "what does a product manager do"
    assert mended("the manger was full of hay") == "the manger was full of hay"


def test_a_name_inside_a_sentence_is_repaired_to_a_role_alone():
    corpus_words = {"specify": 9, "strive": 4, "manager": 50, "product": 80}
    for text in ("Who leads product at Spotify?", "Is the offer from Stripe good?", "What does a PM earn at STRYVE?"):
        assert repair(text, lambda _: False, corpus_words) == text
    assert repair("the Prodct Manger said so", lambda w: w in {"the", "said"}, corpus_words) == "the product manager said so"
