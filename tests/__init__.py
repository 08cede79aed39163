"""The tests, in folders that mirror the source; what several of them share stands beside this file.

May import anything of the product but its command line.
"""
