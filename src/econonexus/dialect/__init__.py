"""OpenAI's API as far as money depends on it: what a request asks at most, and what an answer says was used.

Spoken by the gateway and by the built-in model alike, so that both count the same; imports nothing of ours.
"""
