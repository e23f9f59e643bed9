"""Writes the parts of README.md, docs and meltano.yml that follow from the code, or checks that they are up to date."""
