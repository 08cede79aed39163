"""Whole stories as a person can read them: who asked for what, when, what happened, and in which numbers.

A story is a script in `scripts/` that tells a `Story` what everybody does. Its transcript is the text of its
name beside it, `scripts/<name>.txt`, committed after every number in it was worked out by hand (the notes say
how), and shown on a page of the documentation. A transcript that changes fails `test_playthroughs`;
`REWRITE_PLAYTHROUGHS=1` writes it anew, to be worked out again before it is committed.
"""
