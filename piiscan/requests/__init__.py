"""Consumers' requests: their clocks, their identity, the refusals the law knows, and the lists of the Delete Act.

Nothing in this room prints or keeps a value of a person in the plain: what is given is sealed with the firm's key, and what
stays of it is a keyed hash.
"""
