"""The HTTP API: parses, authenticates, submits a command, answers.

One file per group of calls; `roles` says who may make which, `problems` what a refusal looks like.
May import the node, the domain's vocabulary and Litestar; decides nothing itself.
"""
