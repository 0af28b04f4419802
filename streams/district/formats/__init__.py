"""The departments' own formats: for each, how a statement is written, how a row is broken, how a connector reads it.

Writing and reading stand in one module because each is the inverse of the other.
"""
