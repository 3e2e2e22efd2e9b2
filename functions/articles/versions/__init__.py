"""Which article a record is about, and which of its versions is the latest."""
