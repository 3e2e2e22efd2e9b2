"""What is left for an emulator that others have built: the tables, S3, and what memory claims."""
