"""What one test may spend of the order budget, where orders are counted."""

from dataclasses import dataclass, replace

from .errors import ShareSpent


@dataclass(frozen=True)
class Share:
    """Orders for one test: an equal part of what is left, or at most a third of it where fewer would prove nothing."""

    orders: int
    most: int

    def of_at_least(self, orders: int) -> "Share":
        """A share of so many orders, if that can be. Raises ShareSpent."""
        if self.most < orders:
            raise ShareSpent(f"it takes {orders} orders in a row, and the order budget has at most {self.most} for it")
        return replace(self, orders=max(self.orders, orders))
