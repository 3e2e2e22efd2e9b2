"""The console: pages on this machine for the people of a stack, in their own browser.

`Desk` is what the pages share, `gate` who may ask for them, `server` how they are served.
"""
