"""What the Lambda functions share: the way of an upload, a package for each step.

An upload is opened (`uploads`), cut into records (`records`), each record is read as an article
(`metadata`), placed among the versions of its article (`versions`), stored (`storing`) and
announced (`announcing`). `judging` joins the steps that need no AWS, `ingestion` has the whole
story, `batches` and `releasing` are called by the functions.

The other modules are the vocabulary: what an article, a problem, an outcome is. Each layer imports
only the layers above it; tests/unit/test_layers.py has their order.
"""
