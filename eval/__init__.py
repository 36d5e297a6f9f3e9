"""The eval: labelled questions, metrics and harness; it imports the coach, never the reverse."""
