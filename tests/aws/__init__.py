"""An AWS in memory, and the service of template.yaml on it.

`memory` has S3, DynamoDB, SQS and EventBridge, `expressions` what DynamoDB's mean, `limits` what
AWS refuses; `border` sees every request and makes them fail. `records` are the events that Lambda
gives to a function, `service` reads the template and builds its functions, and `cloud` is what a
test holds in its hand. tests/adapters/test_memory.py compares the memory with moto.
"""
