"""Posted prices that follow demand: state and one period's demand in, the next price out.

`thresholds` moves a price when use leaves a band; `base_fee` lets it grow with the demand that could not be
served, by at most an eighth a period.
"""
