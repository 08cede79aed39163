"""The LLM gateway: speaks OpenAI's API, reserves what a call may cost before it is made, settles after.

May import the HTTP API's desk and the domain's vocabulary. Prompts and answers pass through and are never
kept.
"""
