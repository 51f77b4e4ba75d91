"""How long what is held may be kept: rules, clocks, holds and exceptions weighed into verdicts."""
