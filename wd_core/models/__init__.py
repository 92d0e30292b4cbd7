"""What can be trained: the linear model, and networks of layers."""

from wd_core.models.linear import Linear
from wd_core.models.mlp import Mlp
from wd_core.models.seam import Model, Offer, Problem

LINEAR = Linear()

__all__ = ["LINEAR", "Linear", "Mlp", "Model", "Offer", "Problem"]
