"""One module for each command: what it is asked, what it calls, what it says."""
