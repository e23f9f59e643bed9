"""How a batch reaches its verdicts. Knows no vendor and no Singer."""
