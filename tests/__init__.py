"""The tests, in folders that mirror the source; what several of them share stands beside this file."""
