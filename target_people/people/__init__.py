"""What a person is: fields and synonyms, mapping, normalisers. Pure: no vendor, no network, no Singer."""
