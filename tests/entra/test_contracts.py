"""The Entra ports' contract suites on the real adapters, against the simulated tenant."""

import pytest

from bot.ports import Directory
from tests.contracts.directory import DirectoryContract
from tests.contracts.grantor import GrantorContract
from tests.contracts.pim import PimContract
from tests.contracts.sign_in import SignInContract
from tests.entra.world import EntraWorld


class TestEntraPim(PimContract):
    pass


class TestEntraGrantor(GrantorContract):
    pass


class TestEntraSignIn(SignInContract):
    pass


class TestEntraDirectory(DirectoryContract):
    @pytest.fixture
    def directory(self, world: EntraWorld) -> Directory:
        return world.directory
