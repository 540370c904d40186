"""The access file in force: one value for everybody, replaced as a whole."""

from collections.abc import Mapping

from bot.domain.access import Catalog


class Policy:
    """Holds the access file's catalogue, or None where there is no file and Entra is asked.

    Who has taken the catalogue goes on with that one; nobody ever sees half of two.
    """

    def __init__(self, catalog: Catalog | None = None) -> None:
        self._catalog = catalog

    @property
    def catalog(self) -> Catalog | None:
        """What is in force now."""
        return self._catalog

    def replace(self, catalog: Catalog) -> None:
        """From now on this one is in force."""
        self._catalog = catalog

    @property
    def source(self) -> str:
        """The file's fingerprint, or `directory` where there is none."""
        return (self._catalog or Catalog()).source

    def stamp(self) -> Mapping[str, str]:
        """What every event of the record says of the rules it was made under."""
        return {"policy": self.source}
