"""How many records a second, beside a plain SDK target and a bare loop: ``python -m tests.bench``."""
