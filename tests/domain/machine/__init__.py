"""Random walks through the whole command set, the economy and the oracle side by side.

`walk` holds what all walks share: every command goes to both, and after each of them the books must be the
same. A file a subject adds rules that take its things further than blind chance would, and the comparison of
what it keeps; `tests/domain/test_state_machine.py` puts them together.
"""
