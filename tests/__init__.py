"""The tests, from the rules to the whole service.

unit: a rule, a module. golden: what each example becomes. handlers: what the functions do with an
event, on the AWS in memory of `aws`. adapters: the tables and S3 in moto, and that memory does what
moto does. local, cli: the embedded AWS and the commands. template, contract, docs: what is promised
in writing. faults, bounds, fuzz.py: what no delivery, size or input may do. e2e: MiniStack.
"""
