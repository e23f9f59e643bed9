"""A Singer target that loads people from any tap into the people APIs of five vendors."""
