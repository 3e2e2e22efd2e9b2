"""Uploads as they arrive: the messages that announce them, and the bucket they lie in."""
