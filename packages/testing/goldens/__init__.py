"""The generator of the golden numbers: slow numpy formulas, independent of the packages.

`python3 -m goldens check` compares every stored fixture with what the formulas here give, and
`python3 -m goldens write FAMILY` writes a fixture. README.md says more.
"""
