"""Uploads: judged without AWS, sent to the inbox, and read from it again."""
