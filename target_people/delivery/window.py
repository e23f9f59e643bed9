"""How many batches may be under way at once: fewer as soon as the vendor asks for it, one more at a time afterwards."""

from __future__ import annotations


class Window:
    """Additive increase, multiplicative decrease.

    Args:
        most: batches at once at most, at least 1; also where it starts.
    """

    def __init__(self, most: int) -> None:
        """Start wide: the vendors' own defaults are small."""
        self.most = most
        self._allowed = float(most)

    @property
    def allowed(self) -> int:
        """Batches at once, at least 1."""
        return int(self._allowed)

    def shrink(self) -> None:
        """The vendor is overrun: half as many."""
        self._allowed = max(1.0, self._allowed / 2)

    def grow(self) -> None:
        """A request went well: one more for every window full of them."""
        self._allowed = min(float(self.most), self._allowed + 1 / self._allowed)
