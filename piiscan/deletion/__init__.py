"""What is to be removed: a plan one can sign, its approval, its execution, and the proof."""
