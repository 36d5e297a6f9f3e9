"""Everything that can go wrong for a reason a person can act on.

CoachError
├── SettingsError   a setting or argument cannot be used
├── CorpusError     a file of the corpus cannot be read; names path and line
├── EncoderError    the encoder is missing, changed or unusable
├── CasesError      labelled questions cannot be read; names path and line
├── ModelError      the chat model did not answer; the composed answer stands in
└── IndexUnusable   the index is missing, locked, damaged or made by another encoder
"""

from __future__ import annotations


class CoachError(Exception):
    """Base of all errors that the command line prints as one sentence: the thing and the remedy."""


class SettingsError(CoachError):
    """A setting or argument cannot be used."""


class CorpusError(CoachError):
    """The corpus folder or one of its files cannot be read."""


class EncoderError(CoachError):
    """The encoder is missing, does not match its digest, or cannot be exported."""


class CasesError(CoachError):
    """A file of labelled questions cannot be read."""


class ModelError(CoachError):
    """The chat model gave no answer. Never holds the provider's own words, which may name a key."""


class IndexUnusable(CoachError):
    """The index is missing, locked, damaged, or was built with another encoder or schema."""
