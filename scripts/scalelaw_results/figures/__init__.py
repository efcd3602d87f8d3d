"""Figures of a campaign: one overview, and for each kernel its scaling, its laws and its phases."""

from .draw import draw

__all__ = ["draw"]
