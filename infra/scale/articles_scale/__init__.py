"""What the service does with more articles than anybody has sent it: limits, and queues.

`figures` has what is measured and what AWS allows, `limits` finds what gives first, `queueing`
simulates the queues and streams, `scenarios` are three hours of trouble; docs/scale.md shows it.
"""
