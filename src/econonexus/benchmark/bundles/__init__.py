"""Bundle auctions after published descriptions, made anew from a seed: the same bytes on every machine.

The Combinatorial Auction Test Suite (Leyton-Brown, Pearson and Shoham, EC 2000; Leyton-Brown and Shoham,
chapter 18 of "Combinatorial Auctions", 2006), one distribution a file, written from the text and not from
its program. Everything is computed in whole numbers: one unit of the papers' money or length is 1,000,000
of ours. Dice are our own. So no libm, no library and no version of Python has a say in what comes out.
"""
