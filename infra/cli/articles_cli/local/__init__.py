"""The service on this machine: the embedded AWS as the commands start it, and its faults."""
