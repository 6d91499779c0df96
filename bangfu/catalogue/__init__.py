"""What can happen and what can be counted: declared in TOML, loaded strictly, the same for every page, import, figure and check."""

from bangfu.catalogue.loader import CatalogueError, load
from bangfu.catalogue.shapes import Catalogue, Choice, Field, FieldType, Figure, Fold, Kind, Label, Scheme

__all__ = ["Catalogue", "CatalogueError", "Choice", "Field", "FieldType", "Figure", "Fold", "Kind", "Label", "Scheme", "load"]
