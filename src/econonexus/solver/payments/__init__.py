"""What winners pay: pay-as-bid, VCG, and the core; exact integers with a proof, or intervals, or a refusal.

`pay` is the way in. A bidder is an *owner* here: all its agents and bids are one mind. Imports only the
solver's own types, HiGHS and the standard library's arithmetic.

- `deals` says what each owner won; `components` splits an auction into parts that do not touch each other.
- `staying` asks what the bidders could make of the auction if every winner may also keep its deal: this one
  question answers VCG and finds blocking coalitions. `relaxation` answers it by an LP where it can.
- `vcg`, `core` are the rules; `rows` makes constraints of a blocking coalition, `nearest` finds the point of
  the core, `integers` rounds it, `blocking` checks any payments.
"""
