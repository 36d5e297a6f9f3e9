"""The web face of the coach: a chat page that shows the words behind every sentence."""
