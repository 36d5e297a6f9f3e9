from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from coach.embedding import BATCH, Embedding, text_key
from tests.counting import CountingEncoder


def test_each_different_text_is_embedded_once_and_rows_keep_their_order():
    encoder = CountingEncoder()
    texts = ["roadmap", "hiring", "roadmap", "board"]
    with ThreadPoolExecutor(2) as pool:
        embedding = Embedding(pool, encoder, {})
        embedding.add(texts)
        embedding.add(["hiring"])
        vectors = embedding.vectors(texts)
    assert sorted(encoder.seen) == ["board", "hiring", "roadmap"]
    assert embedding.embedded == 3
    np.testing.assert_array_equal(vectors, CountingEncoder().encode(texts))


def test_known_texts_are_not_embedded():
    encoder = CountingEncoder()
    row = np.full(11, 0.5, dtype=np.float32)
    with ThreadPoolExecutor(1) as pool:
        embedding = Embedding(pool, encoder, {text_key("board"): row})
        embedding.add(["board"])
        vectors = embedding.vectors(["board"])
    assert encoder.seen == []
    np.testing.assert_array_equal(vectors, [row])


def test_progress_ends_with_all_texts():
    reports = []
    texts = [f"team {n}" for n in range(3 * BATCH + 1)]
    with ThreadPoolExecutor(2) as pool:
        embedding = Embedding(pool, CountingEncoder(), {}, lambda done, total: reports.append((done, total)))
        embedding.add(texts)
        embedding.vectors(texts)
    assert reports[-1] == (len(texts), len(texts))
    assert [done for done, _ in reports] == sorted(done for done, _ in reports)


def test_error_of_the_encoder_reaches_whoever_waits():
    class Broken(CountingEncoder):
        """An encoder that fails."""

        def encode(self, texts):
            raise RuntimeError("no memory")

    with ThreadPoolExecutor(1) as pool:
        embedding = Embedding(pool, Broken(), {})
        embedding.add(["team"])
        with pytest.raises(RuntimeError, match="no memory"):
            embedding.vectors(["team"])
