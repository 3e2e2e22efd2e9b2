"""What subscribers build on, generated from the models of the events.

schemas    the JSON Schema of each event
bus        what a target of the bus is given: the event in EventBridge's envelope
asyncapi   the bus and its messages as an AsyncAPI document
registry   the events in EventBridge's schema registry, as a CloudFormation template
pages      the parts of docs/ that are written from all this
"""
